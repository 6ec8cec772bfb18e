/** A server's work as jobs of a queue: what transcribes is behind Redis, and the server itself keeps nothing. */
import type { TranscribeOptions } from "../../../mod.ts";
import { LONGEST_NAME, notServed, servedName, WHISPER_1 } from "../../http/work/served_names.ts";
import type { ReceivedRecording, Transcriber } from "../../http/work/transcriber.ts";
import { checkJobOptions } from "../jobs/check_job.ts";
import { frontError } from "./front_errors.ts";
import { type FrontOptions, type FrontSettings, frontSettings } from "./front_options.ts";
import { spellQueueFigures } from "./queue_metrics.ts";
import { QueuedRecording } from "./queued_recording.ts";
import { ReachedQueue } from "./reached_queue.ts";
import { removeLeftBehind } from "./shared_upload.ts";

/** Milliseconds between two looks at what was left behind. */
const SWEEP_EVERY = 3600 * 1000;

/** What sends recordings to workers. */
export class QueueTranscriber implements Transcriber {
  readonly #settings: FrontSettings;
  readonly #queue: ReachedQueue;
  #lastSweep = -Infinity;

  /**
   * Opens nothing yet.
   *
   * @param transcribe How is transcribed where a request does not say it.
   * @throws {TypeError | RangeError} when an option is unknown or wrong, or cannot travel to a worker.
   */
  constructor(options: FrontOptions, transcribe: TranscribeOptions = {}) {
    this.#settings = frontSettings(options);
    checkJobOptions(transcribe);
    this.#queue = new ReachedQueue(this.#settings);
  }

  get models(): readonly string[] {
    const { models } = this.#settings;
    return models.length > 0 ? models : [WHISPER_1];
  }

  resolve(asked: string | undefined): string {
    const { models } = this.#settings;
    if (models.length > 0) return servedName(asked, models);
    if (asked === undefined) return WHISPER_1;
    // The rest only workers know.
    if (asked.length > LONGEST_NAME) throw notServed(asked);
    return asked;
  }

  async prepare(): Promise<void> {
    await this.#queue.get();
  }

  async assertAble(): Promise<void> {
    try {
      await this.#queue.get();
    } catch (error) {
      throw frontError(error, "");
    }
  }

  receive(): ReceivedRecording {
    this.#sweepNowAndThen();
    return new QueuedRecording(this.#queue, this.#settings);
  }

  #sweepNowAndThen(): void {
    const now = performance.now();
    if (now - this.#lastSweep < SWEEP_EVERY) return;
    this.#lastSweep = now;
    void removeLeftBehind(this.#settings.soundFolder);
  }

  async spellFigures(): Promise<string> {
    const figures = await this.#queue.get().then((queue) => queue.figures()).catch(() => undefined);
    return spellQueueFigures(figures);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
  }
}

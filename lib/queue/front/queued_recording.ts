/** An upload in the folder that all workers see, and the job that is made of it. */
import type { Segment, TranscribeOptions } from "../../../mod.ts";
import { WHISPER_1 } from "../../http/work/served_names.ts";
import { durationError } from "../../http/work/transcribe_by_turns.ts";
import type {
  Finished,
  ReceivedRecording,
  TranscriptionOrder,
  TranscriptionWatch,
} from "../../http/work/transcriber.ts";
import { JobFailedError } from "../errors.ts";
import type { JobOptions } from "../job.ts";
import type { EnqueueOptions } from "../queue_options.ts";
import { frontError } from "./front_errors.ts";
import type { FrontSettings } from "./front_options.ts";
import type { ReachedQueue } from "./reached_queue.ts";
import { segmentsOf } from "./segments_of_job.ts";
import { SharedUpload } from "./shared_upload.ts";

/** A job whose client waits: it is tried again once and soon, and nobody asks for it later. */
const WAITED_FOR: EnqueueOptions = {
  attempts: 2,
  backoff: 1,
  keepResult: 300,
  keepFailure: 3600,
  // Where the server dies, the worker removes the file.
  removeSound: true,
};

/** The recording of a request. */
export class QueuedRecording extends SharedUpload implements ReceivedRecording {
  readonly #queue: ReachedQueue;
  readonly #settings: FrontSettings;

  constructor(queue: ReachedQueue, settings: FrontSettings) {
    super(settings.soundFolder);
    this.#queue = queue;
    this.#settings = settings;
  }

  async *transcribe(
    order: TranscriptionOrder,
    watch: TranscriptionWatch,
  ): AsyncGenerator<Segment, Finished, undefined> {
    try {
      return yield* this.#work(order, watch);
    } catch (error) {
      watch.signal.throwIfAborted();
      throw frontError(error, this.name);
    }
  }

  async *#work(
    { id, model, options, maxDuration }: TranscriptionOrder,
    { signal, onProgress, onWarning }: TranscriptionWatch,
  ): AsyncGenerator<Segment, Finished, undefined> {
    const { models, partSeconds } = this.#settings;
    const sound = await this.finish();
    const queue = await this.#queue.get();
    signal.throwIfAborted();
    const isAnyModel = model === WHISPER_1 && !models.includes(WHISPER_1);
    const job = await queue.enqueue(sound, {
      ...WAITED_FOR,
      key: id,
      transcribe: travelling(options),
      ...(!isAnyModel && { model }),
      ...(partSeconds !== undefined && { partSeconds }),
    });
    const tooLong = new AbortController();
    const assertShort = (seconds: number) => {
      if (maxDuration !== null && seconds > maxDuration) tooLong.abort(durationError(maxDuration));
    };
    let isOver = false;
    try {
      const { warnings, ...finished } = yield* segmentsOf(job, {
        signal: AbortSignal.any([signal, tooLong.signal]),
        onProgress(progress) {
          assertShort(progress.total ?? progress.loaded);
          onProgress(progress);
        },
      });
      isOver = true;
      assertShort(finished.duration);
      tooLong.signal.throwIfAborted();
      warnings.forEach(onWarning);
      return finished;
    } catch (error) {
      isOver ||= error instanceof JobFailedError;
      throw error;
    } finally {
      // Nobody waits for it any more.
      if (!isOver) await job.cancel().catch(() => {});
    }
  }
}

/** Options as JSON has them: what was not given is left out. */
function travelling(options: TranscribeOptions): JobOptions {
  return JSON.parse(JSON.stringify(options));
}

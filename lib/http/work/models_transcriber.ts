/** Transcription by the models of this process, which all requests share. */
import type { Segment } from "../../../mod.ts";
import { gauge } from "../operation/metrics.ts";
import { Upload } from "../request/upload.ts";
import type { ServedModels } from "./served_models.ts";
import { transcribeByTurns } from "./transcribe_by_turns.ts";
import type {
  Finished,
  ReceivedRecording,
  Transcriber,
  TranscriptionOrder,
  TranscriptionWatch,
} from "./transcriber.ts";
import { Turns } from "./turns.ts";

/** What it works with. */
export interface ModelsTranscriberOptions {
  /** The models, which stay their owner's. */
  readonly models: ServedModels;
  /** Recordings at work at the same time. */
  readonly concurrency: number;
  /** Told after each window how many recordings are at work. */
  readonly onWindow: (together: number) => void;
}

/** What transcribes here. */
export class ModelsTranscriber implements Transcriber {
  readonly #options: ModelsTranscriberOptions;
  readonly #turns: Turns;

  constructor(options: ModelsTranscriberOptions) {
    this.#options = options;
    this.#turns = new Turns(options.concurrency);
  }

  get models(): readonly string[] {
    return this.#options.models.names;
  }

  resolve(asked: string | undefined): string {
    return this.#options.models.resolve(asked);
  }

  async prepare(signal: AbortSignal): Promise<void> {
    (await this.#options.models.use(undefined, signal))[Symbol.dispose]();
  }

  async assertAble(): Promise<void> {}

  receive(): ReceivedRecording {
    return new UploadedRecording({ ...this.#options, turns: this.#turns });
  }

  spellFigures(): Promise<string> {
    return Promise.resolve([
      gauge("sotto_turns_taken", "Recordings at work.", [[{}, this.#turns.taken]]),
      gauge("sotto_turns_waiting", "Recordings that wait for their turn.", [[{}, this.#turns.waiting]]),
    ].join(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** What hears an upload. */
interface HearingTools extends Omit<ModelsTranscriberOptions, "concurrency"> {
  readonly turns: Turns;
}

/** An upload, and what hears it. */
class UploadedRecording extends Upload implements ReceivedRecording {
  readonly #tools: HearingTools;

  constructor(tools: HearingTools) {
    super();
    this.#tools = tools;
  }

  async *transcribe(
    { model, options, maxDuration }: TranscriptionOrder,
    watch: TranscriptionWatch,
  ): AsyncGenerator<Segment, Finished, undefined> {
    const { models, turns, onWindow } = this.#tools;
    using lease = await models.use(model, watch.signal);
    const audio = await this.source();
    return yield* transcribeByTurns(lease.model, audio, options, { ...watch, turns, maxDuration, onWindow });
  }
}

/** What transcribes the recordings of requests: the models of this process, or workers somewhere else. */
import type { Segment, TranscribeOptions, TranscribeProgress, Transcription } from "../../../mod.ts";

/** A recording that was transcribed. */
export interface Finished extends Transcription {
  /** Seconds of the recording. */
  readonly duration: number;
}

/** What is wanted of a recording. */
export interface TranscriptionOrder {
  /** The name of the request, as its answer has it in `x-request-id`. */
  readonly id: string;
  /** The model, by the name that `resolve` gave. */
  readonly model: string;
  /** How to transcribe. */
  readonly options: TranscribeOptions;
  /** Seconds of the longest recording that is taken. */
  readonly maxDuration: number | null;
}

/** Who watches the work. */
export interface TranscriptionWatch {
  /** Stops the work within a step of the decoder. */
  readonly signal: AbortSignal;
  /** Told after each window. */
  readonly onProgress: (progress: TranscribeProgress) => void;
  /** Told what the user should know. */
  readonly onWarning: (message: string) => void;
}

/** A recording that comes piece by piece, and is then transcribed. Whoever has it disposes it, and it is gone. */
export interface ReceivedRecording extends AsyncDisposable {
  /** Bytes taken so far. */
  readonly size: number;
  /** Where it lies, if it is a file of this machine: no message to a client has that. */
  readonly path: string | undefined;
  /** Takes a piece. It may not be written to before `flush` has resolved. */
  push(piece: Uint8Array): void;
  /** Puts what was taken where it belongs, if it is too long for memory. */
  flush(): Promise<void>;
  /**
   * Transcribes it, once: yields the segments as they come, and returns the whole.
   *
   * @throws the signal's reason when it is aborted.
   */
  transcribe(
    order: TranscriptionOrder,
    watch: TranscriptionWatch,
  ): AsyncGenerator<Segment, Finished, undefined>;
}

/** What transcribes. Whoever made it disposes it. */
export interface Transcriber extends AsyncDisposable {
  /** The models, by the names that requests use. */
  readonly models: readonly string[];
  /**
   * Finds the name that a model is served by.
   *
   * @throws {ApiError} when it is not served.
   */
  resolve(asked: string | undefined): string;
  /** Makes ready what the first request would wait for. */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Looks whether anything can be transcribed at present.
   *
   * @throws {ApiError} when nothing can.
   */
  assertAble(): Promise<void>;
  /** Begins to take a recording. */
  receive(): ReceivedRecording;
  /** Spells figures of the moment, as Prometheus reads them. */
  spellFigures(): Promise<string>;
}

/** A recording, transcribed by turns with the others, and what comes of it. */
import type {
  AudioSource,
  Segment,
  TimeSpan,
  TranscribeOptions,
  TranscribeProgress,
  WindowReport,
} from "../../../mod.ts";
import { ApiError } from "../api_error.ts";
import type { ServableModel } from "./served_models.ts";
import type { Finished } from "./transcriber.ts";
import type { Turns } from "./turns.ts";

/** What the work is told. */
export interface WorkOptions {
  /** Whose turn it is. */
  readonly turns: Turns;
  /** Stops the work within a step. */
  readonly signal: AbortSignal;
  /** Seconds of the longest recording that is taken. */
  readonly maxDuration: number | null;
  /** Told after each window how many recordings are at work, this one among them. */
  readonly onWindow?: (together: number) => void;
  /** Told after each window. */
  readonly onProgress?: (progress: TranscribeProgress) => void;
  /** Told what the user should know. */
  readonly onWarning?: (message: string) => void;
}

/** Yields the segments as they come, and returns the whole. */
export async function* transcribeByTurns(
  model: ServableModel,
  audio: AudioSource,
  options: TranscribeOptions,
  { turns, signal, maxDuration, onWindow, onProgress, onWarning }: WorkOptions,
): AsyncGenerator<Segment, Finished, undefined> {
  const tooLong = new AbortController();
  let duration = 0;
  const segments: Segment[] = [];
  const windows: WindowReport[] = [];
  let silences: readonly TimeSpan[] | undefined;
  // What needs no turn: segments of a window that is done, and the end after the last one.
  let ready = 0;
  let isLast = false;
  const stream = model.segments(audio, {
    ...options,
    signal: AbortSignal.any([signal, tooLong.signal]),
    onWarning,
    onProgress(progress) {
      duration = progress.total ?? progress.loaded;
      isLast = progress.loaded === progress.total;
      if (maxDuration !== null && duration > maxDuration) tooLong.abort(durationError(maxDuration));
      onProgress?.(progress);
    },
    onWindow(window) {
      ready = window.segments;
      if (options.explain) windows.push(window);
      onWindow?.(turns.taken);
    },
    onSilences: (found) => void (silences = [...silences ?? [], ...found]),
  });
  try {
    for (;;) {
      const next = () => stream.next();
      const step = ready > 0 || isLast ? await next() : await turns.take(next, signal);
      tooLong.signal.throwIfAborted();
      if (step.done) break;
      ready--;
      segments.push(step.value);
      yield step.value;
    }
    const [text, language] = await Promise.all([stream.text, stream.language]);
    const explained = options.explain ? { windows, ...(silences && { silences }) } : {};
    return { text, language, segments, duration, ...explained };
  } finally {
    await stream.return?.();
  }
}

/** Makes the error of a recording that is too long. */
export function durationError(maxDuration: number): ApiError {
  return new ApiError(`The recording is too long: at most ${maxDuration} seconds are taken`, {
    status: 413,
    code: "recording_too_long",
    param: "file",
  });
}

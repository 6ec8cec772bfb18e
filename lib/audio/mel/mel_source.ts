/**
 * Where a transcription gets a recording's log-mel spectrogram from: a file, samples or a stream. It asks for the
 * frames of window after window, and never for the length before the end.
 */
import type { MelSpectrogram } from "../log_mel_spectrogram.ts";

/**
 * The frames of a recording as they become known. How the loudest value of the whole recording is found, from which the
 * values are clamped, is the source's business. Whoever uses it up disposes it.
 */
export interface MelSource extends AsyncDisposable {
  /** Mel bands. */
  readonly nMels: number;
  /** Frames of the recording; `undefined` until its end was reached. */
  readonly length: number | undefined;
  /**
   * Waits until it is known whether the recording has `frame` frames.
   *
   * @returns `frame`, or the length of the recording if that is less; `length` tells it then.
   */
  reach(frame: number): Promise<number>;
  /**
   * Gives the frames from `start` to `start + size`, once `reach` has told of them, in memory that is the caller's. What
   * follows the end of the recording is silence, a window at most.
   */
  frames(start: number, size: number): Promise<MelSpectrogram>;
}

/**
 * Where a transcription gets a recording's log-mel spectrogram from: a file, samples or a stream. It asks for the
 * frames of window after window, and never for the length before the end.
 */
import { HOP_LENGTH, logMelSpectrogram, type MelSpectrogram, melWindow } from "../log_mel_spectrogram.ts";

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
   * Gives the frames from `start` to `start + size`, once `reach` has told of them. What follows the end of the
   * recording is silence, a window at most.
   */
  frames(start: number, size: number): Promise<MelSpectrogram>;
}

/** A source that holds the whole spectrogram. */
export class WholeSpectrogram implements MelSource {
  readonly nMels: number;
  readonly length: number;
  readonly #mel: MelSpectrogram;

  /** @param mel The recording and silence after it. @param length Frames of the recording. */
  constructor(mel: MelSpectrogram, length: number) {
    this.nMels = mel.nMels;
    this.length = length;
    this.#mel = mel;
  }

  reach(frame: number): Promise<number> {
    return Promise.resolve(Math.min(frame, this.length));
  }

  frames(start: number, size: number): Promise<MelSpectrogram> {
    const data = melWindow(this.#mel, start, size, size);
    return Promise.resolve({ nMels: this.nMels, nFrames: size, data });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Makes a source of the samples of a whole recording.
 *
 * @param samples Mono audio at 16 kHz, finite values.
 * @param options `windowFrames` frames of silence follow the recording.
 */
export async function melSourceOf(
  samples: Float32Array,
  options: { readonly nMels: number; readonly windowFrames: number; readonly signal?: AbortSignal },
): Promise<MelSource> {
  const { nMels, windowFrames, signal } = options;
  const mel = await logMelSpectrogram(samples, { nMels, padding: windowFrames * HOP_LENGTH, signal });
  return new WholeSpectrogram(mel, mel.nFrames - windowFrames);
}

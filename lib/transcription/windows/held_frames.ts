/** Frames of a recording that are kept while they are transcribed: a recording gives its frames once and in order. */
import { type MelSpectrogram, melWindow } from "../../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../../audio/mel/mel_source.ts";

/** A part of a source. */
export class HeldFrames implements MelSource {
  readonly nMels: number;
  readonly #source: MelSource;
  readonly #mel: MelSpectrogram;
  readonly #start: number;

  /** @param start The frame of the source that `mel` begins with. */
  constructor(source: MelSource, mel: MelSpectrogram, start: number) {
    this.nMels = mel.nMels;
    this.#source = source;
    this.#mel = mel;
    this.#start = start;
  }

  get length(): number | undefined {
    return this.#source.length;
  }

  reach(frame: number): Promise<number> {
    return this.#source.reach(frame);
  }

  frames(start: number, size: number): Promise<MelSpectrogram> {
    const data = melWindow(this.#mel, start - this.#start, size, size);
    return Promise.resolve({ nMels: this.nMels, nFrames: size, data });
  }

  /** Leaves the source alone. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A recording that becomes known piece by piece, as a stream does. */
import assert from "node:assert/strict";
import type { MelSpectrogram } from "../../../lib/audio/log_mel_spectrogram.ts";
import type { MelSource } from "../../../lib/audio/mel/mel_source.ts";

/** Frames that come at once. */
const PIECE = 70;

/** Hides the end of another source until it was reached. */
export class LateSource implements MelSource {
  readonly nMels: number;
  /** Frames that have come. */
  known = 0;
  disposed = false;
  #ended = false;
  readonly #whole: MelSource;

  constructor(whole: MelSource) {
    this.#whole = whole;
    this.nMels = whole.nMels;
  }

  get length(): number | undefined {
    return this.#ended ? this.known : undefined;
  }

  async reach(frame: number): Promise<number> {
    while (this.known < frame && !this.#ended) {
      await new Promise((resolve) => setTimeout(resolve));
      const next = await this.#whole.reach(this.known + PIECE);
      this.#ended = next < this.known + PIECE;
      this.known = next;
    }
    return Math.min(frame, this.known);
  }

  frames(start: number, size: number): Promise<MelSpectrogram> {
    assert(this.#ended || start + size <= this.known, "asked for frames that have not come");
    return this.#whole.frames(start, size);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assert(!this.disposed);
    this.disposed = true;
    await this.#whole[Symbol.asyncDispose]();
  }
}

/** A part of a recording that moves on: only what is asked for is kept of a pass. */
import { becameShorter, type Hearing, type Recording } from "./recording.ts";

/** Samples from one place of a recording to another. */
export interface Span {
  readonly samples: Float32Array;
  /** The first of them. */
  readonly offset: number;
}

/** Gives parts of a recording, mostly one after the other. Whoever makes it disposes it. */
export class SampleWindow implements AsyncDisposable {
  readonly #recording: Recording;
  readonly #hearing: Hearing;
  readonly #length: number;
  readonly #signal: AbortSignal | undefined;
  #pass: AsyncGenerator<Float32Array> | undefined;
  #samples = new Float32Array(0);
  #offset = 0;
  #filled = 0;

  /** @param length Samples of the recording, as the first pass has counted them. */
  constructor(recording: Recording, hearing: Hearing, length: number, signal?: AbortSignal) {
    this.#recording = recording;
    this.#hearing = hearing;
    this.#length = length;
    this.#signal = signal;
  }

  /**
   * Gives the samples from `start` to `end`, as far as the recording has them, in memory that the next call may
   * overwrite. Going back behind what was asked for last starts a new pass.
   *
   * @throws {AudioDecodeError} when the recording has become shorter meanwhile.
   */
  async read(start: number, end: number): Promise<Span> {
    const from = Math.max(0, Math.min(start, this.#length)), to = Math.min(end, this.#length);
    if (this.#pass === undefined || from < this.#offset) await this.#restart();
    this.#leaveBehind(from);
    while (this.#offset + this.#filled < to) {
      const { done, value } = await this.#pass!.next();
      if (done) throw becameShorter(this.#recording);
      this.#append(value, from);
    }
    return { samples: this.#samples.subarray(0, to - from), offset: from };
  }

  async #restart(): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#pass = this.#recording.pieces(this.#hearing, { signal: this.#signal });
    this.#offset = this.#filled = 0;
  }

  /** Forgets what is before a place, which may not have come yet. */
  #leaveBehind(from: number): void {
    const left = Math.min(from - this.#offset, this.#filled);
    this.#samples.copyWithin(0, left, this.#filled);
    this.#offset += left;
    this.#filled -= left;
  }

  #append(piece: Float32Array, from: number): void {
    const skipped = Math.max(0, Math.min(piece.length, from - this.#offset - this.#filled));
    // Nothing is kept yet of what is skipped.
    if (skipped > 0) this.#offset += skipped;
    const rest = piece.subarray(skipped);
    if (this.#filled + rest.length > this.#samples.length) {
      const larger = new Float32Array(2 * (this.#filled + rest.length));
      larger.set(this.#samples.subarray(0, this.#filled));
      this.#samples = larger;
    }
    this.#samples.set(rest, this.#filled);
    this.#filled += rest.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pass = this.#pass;
    this.#pass = undefined;
    await pass?.return(undefined);
  }
}

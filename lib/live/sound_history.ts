/** The sound of a stream that was heard and may be needed again, by its place in the stream. */

/** Samples from `start` to `end` of a stream. */
export class SoundHistory {
  /** In a buffer that is longer than they are, and grows. */
  #buffer: Float32Array<ArrayBuffer> = new Float32Array(1 << 16);
  #start = 0;
  #length = 0;

  /** The first sample that is kept. */
  get start(): number {
    return this.#start;
  }

  /** The sample after the last. */
  get end(): number {
    return this.#start + this.#length;
  }

  /** Adds what comes next. */
  push(samples: Float32Array): void {
    const length = this.#length + samples.length;
    if (length > this.#buffer.length) {
      const grown = new Float32Array(Math.max(length, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(samples, this.#length);
    this.#length = length;
  }

  /** A copy of the samples between two places; of those that are not kept, nothing. */
  slice(from: number, to: number): Float32Array<ArrayBuffer> {
    const place = (sample: number) => Math.max(0, Math.min(this.#length, sample - this.#start));
    return this.#buffer.slice(place(from), place(to));
  }

  /** Forgets what is before a place. */
  dropBefore(sample: number): void {
    const count = Math.max(0, Math.min(this.#length, sample - this.#start));
    this.#buffer.copyWithin(0, count, this.#length);
    this.#start += count;
    this.#length -= count;
  }
}

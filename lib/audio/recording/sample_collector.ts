/** Samples joined in memory that grows in place. */
import type { Listener } from "./listen_through.ts";

/** Keeps the samples that it is given, up to a limit; of more than that, none. */
export class SampleCollector implements Listener {
  readonly #limit: number;
  #samples: Float32Array<ArrayBuffer> | undefined = new Float32Array(0);
  /** Samples given. */
  length = 0;

  /** @param limit The most samples. */
  constructor(limit = Infinity) {
    this.#limit = limit;
  }

  push(samples: Float32Array): void {
    const length = this.length + samples.length;
    if (length > this.#limit) this.#discard();
    if (this.#samples !== undefined) {
      if (length > this.#samples.length) {
        this.#resize(Math.min(Math.max(BEGINNING, 1.5 * length), this.#limit));
      }
      this.#samples.set(samples, this.length);
    }
    this.length = length;
  }

  /** Gives all samples, once, or nothing if there were more than the limit. */
  take(): Float32Array<ArrayBuffer> | undefined {
    this.#resize(this.length);
    const samples = this.#samples;
    this.#samples = undefined;
    return samples;
  }

  /** Lets the samples go at once: garbage of some megabytes may lie about for minutes. */
  #discard(): void {
    this.#resize(0);
    this.#samples = undefined;
  }

  /** Moves the samples to memory of another size; where the system can, they stay where they are. */
  #resize(length: number): void {
    if (this.#samples === undefined) return;
    this.#samples = new Float32Array(this.#samples.buffer.transfer(4 * Math.floor(length)));
  }
}

/** Room for eight seconds, to begin with: half a megabyte, since many short clips may come at once. */
const BEGINNING = 8 * 16000;

/**
 * Whose turn it is: recordings are transcribed by turns of a window, so that a long one and a short one that come
 * together go on together. A new one waits for a window of each that is before it, not for its end.
 */

/** Gives turns, so many at a time, in the order in which they were asked for. */
export class Turns {
  readonly #size: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  /** @param size How many turns are taken at a time. */
  constructor(size: number) {
    this.#size = size;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** How many are waited for. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Does a piece of work when its turn comes.
   *
   * @throws the signal's reason when it is aborted before.
   */
  async take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken < this.#size) {
      this.#taken++;
      return;
    }
    const turn = Promise.withResolvers<void>();
    const leave = () => {
      if (this.#waiting.delete(turn.resolve)) turn.reject(signal.reason);
    };
    this.#waiting.add(turn.resolve);
    signal.addEventListener("abort", leave);
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Hands the turn on. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

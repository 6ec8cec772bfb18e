/**
 * An async generator that stops at once when its consumer leaves: a generator's own `return` waits for the
 * step at work, which may be 30 s of audio.
 */

/** Iterates over what a generator yields; `return` aborts the step at work first. */
export class StoppableIterator<Item> implements AsyncIterableIterator<Item>, AsyncDisposable {
  readonly #generator: AsyncGenerator<Item, unknown, undefined>;
  readonly #stop: AbortController;

  /**
   * @param stop Its signal stops the generator's work.
   */
  constructor(generator: AsyncGenerator<Item, unknown, undefined>, stop: AbortController) {
    this.#generator = generator;
    this.#stop = stop;
  }

  /** Gives the next item. */
  async next(): Promise<IteratorResult<Item, undefined>> {
    try {
      const { done, value } = await this.#generator.next();
      return done ? { done, value: undefined } : { done: false, value };
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
      return { done: true, value: undefined };
    }
  }

  /** Stops the work, and resolves once everything it held is released. */
  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#stop.abort();
    await this.#generator.return(undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** As `return`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

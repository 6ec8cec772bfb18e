/** What is opened when it is first wanted, and once for all who want it. */

/** Opens something at the first question. Whoever makes it disposes it. */
export class OpenedOnce<Thing extends Disposable> implements Disposable {
  readonly #open: () => Promise<Thing>;
  #opening: Promise<Thing> | undefined;
  #disposed = false;

  constructor(open: () => Promise<Thing>) {
    this.#open = open;
  }

  /** Gives it; it stays this one's. */
  async get(signal?: AbortSignal): Promise<Thing> {
    signal?.throwIfAborted();
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (error) {
      // What failed once may go well later.
      this.#opening = undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#opening?.then((thing) => thing[Symbol.dispose](), () => {});
  }
}

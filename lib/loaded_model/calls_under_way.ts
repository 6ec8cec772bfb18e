/** The calls that are under way on a model: its sessions go when it is disposed and the last of them has ended. */
import { wrongArgument } from "../errors.ts";

/** Counts the calls. It takes the sessions over. */
export class CallsUnderWay implements Disposable {
  readonly #sessions: Disposable;
  readonly #released = Promise.withResolvers<void>();
  #count = 0;
  #isDisposed = false;

  constructor(sessions: Disposable) {
    this.#sessions = sessions;
  }

  /** Resolves when the sessions are released. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  /**
   * Does a piece of work and keeps the sessions meanwhile.
   *
   * @throws {TypeError} when the model is disposed.
   */
  readonly hold = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    this.assertUsable();
    this.#count++;
    try {
      return await work();
    } finally {
      this.#count--;
      this.#releaseIfIdle();
    }
  };

  /** @throws {TypeError} when the model is disposed. */
  assertUsable(): void {
    if (!this.#isDisposed) return;
    throw wrongArgument("MODEL_DISPOSED", "Cannot use the model: it is disposed; load it again");
  }

  #releaseIfIdle(): void {
    if (!this.#isDisposed || this.#count > 0) return;
    this.#sessions[Symbol.dispose]();
    this.#released.resolve();
  }

  /** Lets no call begin any more. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#releaseIfIdle();
  }
}

/** How many requests are taken in at a time: beyond that they are sent away, and told when to come again. */
import { ApiError } from "../api_error.ts";

/** Bounds of the seconds that a client is told to wait. */
const SHORTEST_WAIT = 1;
const LONGEST_WAIT = 120;

/** The weight of the last request in the mean time of one. */
const RECENT = 0.2;

/** Lets requests in. */
export class Admission {
  readonly #most: number;
  readonly #what: string;
  #inside = 0;
  /** Seconds between two requests that end, in the mean. */
  #pace = 1;
  #lastEnd: number | undefined;
  #closed = false;
  readonly #empty = Promise.withResolvers<void>();

  /**
   * @param most How many are inside at a time.
   * @param what What they are called.
   */
  constructor(most: number, what = "requests") {
    this.#most = most;
    this.#what = what;
  }

  /** How many are inside. */
  get inside(): number {
    return this.#inside;
  }

  /** Whether nobody is let in any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Lets a request in, until what it gives is disposed.
   *
   * @throws {ApiError} when there are as many as may be, or nobody is let in any more.
   */
  enter(): Disposable {
    if (this.#closed) {
      throw new ApiError("The server is going down", { status: 503, code: "going_down", retryAfter: 5 });
    }
    if (this.#inside >= this.#most) {
      throw new ApiError(`The server has as much to do as it takes: ${this.#most} ${this.#what} at a time`, {
        status: 429,
        code: "rate_limit_exceeded",
        retryAfter: Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, Math.ceil(this.#pace))),
      });
    }
    this.#inside++;
    this.#lastEnd ??= performance.now();
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        this.#leave();
      },
    };
  }

  #leave(): void {
    const now = performance.now();
    this.#pace += RECENT * ((now - this.#lastEnd!) / 1000 - this.#pace);
    this.#inside--;
    this.#lastEnd = this.#inside > 0 ? now : undefined;
    if (this.#closed && this.#inside === 0) this.#empty.resolve();
  }

  /** Lets nobody in any more, and resolves when the last one has left. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#inside === 0) this.#empty.resolve();
    await this.#empty.promise;
  }
}

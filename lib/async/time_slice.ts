/**
 * Keeps long computations from blocking the event loop: work is done in small steps, and between two steps a
 * pause lets timers and sockets have their turn once a time slice is used up.
 */
import { setImmediate } from "node:timers/promises";

/** How long the event loop may be held, in milliseconds. */
const SLICE_MILLISECONDS = 5;

/** The time a computation has before it must give way to the event loop. */
export class TimeSlice {
  readonly #signal: AbortSignal | undefined;
  #end = performance.now() + SLICE_MILLISECONDS;

  /** Begins the first slice. An abort of `signal` ends the computation at its next pause. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Gives way to the event loop if the slice is used up; call it between two steps of about a millisecond.
   *
   * @throws {unknown} the reason of the signal, when it is aborted.
   */
  async pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() < this.#end) return;
    // Not setTimeout(0): it waits a millisecond and more. Not a MessageChannel: in Bun it starves timers.
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#end = performance.now() + SLICE_MILLISECONDS;
  }
}

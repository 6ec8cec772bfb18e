/**
 * Keeps long computations from blocking the event loop: work is done in small steps, and between two steps a
 * pause lets timers and sockets have their turn once a time slice is used up. A turn of the event loop has one slice,
 * however many computations there are: they take turns at it.
 */

/** Imported with the first pause. */
let timers: Promise<typeof import("node:timers")> | undefined;

/** How long the event loop may be held, in milliseconds. */
const SLICE_MILLISECONDS = 5;

/** When the slice of this turn is used up. */
let end = 0;

/** The computations that wait for a slice, in order. */
const waiting: (() => void)[] = [];

function giveWay(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (waiting.push(resolve) === 1) awaitTurn();
  return promise;
}

async function awaitTurn(): Promise<void> {
  // Not setTimeout(0): it waits a millisecond and more. Not a MessageChannel: in Bun it starves timers.
  const { setImmediate } = await (timers ??= import("node:timers"));
  setImmediate(nextSlice);
}

function nextSlice(): void {
  end = performance.now() + SLICE_MILLISECONDS;
  waiting.shift()!();
  if (waiting.length > 0) awaitTurn();
}

/** The time a computation has before it must give way to the event loop, and to other computations. */
export class TimeSlice {
  readonly #signal: AbortSignal | undefined;

  /** An abort of `signal` ends the computation at its next pause. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether a pause would give way, or end the computation: asked before it where steps are many, it saves a promise each. */
  get isOver(): boolean {
    return performance.now() >= end || this.#signal?.aborted === true;
  }

  /**
   * Gives way to the event loop if the slice is used up; call it between two steps of about a millisecond.
   *
   * @throws {unknown} the reason of the signal, when it is aborted.
   */
  async pause(): Promise<void> {
    this.#signal?.throwIfAborted();
    if (performance.now() < end) return;
    await giveWay();
    this.#signal?.throwIfAborted();
  }
}

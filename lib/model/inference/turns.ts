/**
 * Whose turn it is: the native runs of one model, the encoder's and the decoder's, one at a time. Each takes all cores,
 * so that two at once would take as long; and windows that are encoded first are decoded together.
 */
import { nextTurn } from "../../async/next_turn.ts";
import { removeItem } from "./remove_item.ts";

/** The steps of the decoder that are waiting: one turn is for all of them. */
export interface JointSteps {
  /** How many tasks wait for a step. */
  readonly waiting: number;
  /** Runs them. It does not fail. */
  run(): Promise<void>;
  /** Waits until those who were answered had the time to ask for more. */
  gathered(): Promise<void>;
}

/** How a turn is asked for. */
export interface TurnOptions {
  /** Whether it goes before all others: it belongs to a window that is at work. */
  readonly urgent?: boolean;
  /** Takes it out of the queue; a turn that has begun is its own business. */
  readonly signal?: AbortSignal;
}

interface Turn {
  readonly urgent: boolean;
  take(): Promise<void>;
}

/**
 * As many windows are decoded together before another is encoded. More gain nothing, take memory, and let the first
 * text wait: on Zen 3, base in int8, a step took 13.2, 10.1, 8.5, 6.5 and 6.7 ms of processor time a window, of 1, 2, 4,
 * 8 and 16 windows.
 */
const ENOUGH = 8;

/** Gives the turns. */
export class Turns {
  readonly #steps: JointSteps;
  readonly #waiting: Turn[] = [];
  #working = false;

  constructor(steps: JointSteps) {
    this.#steps = steps;
  }

  /**
   * Does some work alone, when its turn comes.
   *
   * @throws the signal's reason when it is aborted before.
   */
  async alone<Result>(work: () => Promise<Result>, options: TurnOptions = {}): Promise<Result> {
    const { signal, urgent = false } = options;
    signal?.throwIfAborted();
    const result = Promise.withResolvers<Result>();
    const turn: Turn = {
      urgent,
      async take() {
        try {
          result.resolve(await work());
        } catch (error) {
          result.reject(error);
        }
      },
    };
    const leave = () => {
      if (removeItem(this.#waiting, turn)) result.reject(signal!.reason);
    };
    signal?.addEventListener("abort", leave);
    this.#waiting.push(turn);
    this.wake();
    try {
      return await result.promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  /** Says that something is waiting. What is asked for at the same time comes along. */
  wake(): void {
    if (this.#working) return;
    this.#working = true;
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    for (let turn = this.#next(); turn !== undefined; turn = this.#next()) await turn();
    this.#working = false;
  }

  #next(): (() => Promise<void>) | undefined {
    const alone = this.#waiting.find(({ urgent }) => urgent) ??
      (this.#steps.waiting < ENOUGH ? this.#waiting[0] : undefined);
    if (alone !== undefined) {
      removeItem(this.#waiting, alone);
      return async () => {
        await alone.take();
        await nextTurn(); // What goes on with the result asks for the next turn meanwhile.
      };
    }
    if (this.#steps.waiting === 0) return undefined;
    return async () => {
      await this.#steps.run();
      await this.#steps.gathered();
    };
  }
}

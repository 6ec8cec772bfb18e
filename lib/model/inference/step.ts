/** A step that a task of the decoder has asked for, and what it is answered. */
import type { EncodedWindow } from "../encoded_audio.ts";
import type { PickRequest, StepRow, TokenPicks } from "../types.ts";
import type { KvRow } from "./kv_slots.ts";

/** A row of which logits are wanted, or picks. */
export interface WantedRow extends StepRow {
  /** After which of the new tokens. */
  readonly positions: readonly number[];
  /** What is picked after each. */
  readonly picks?: readonly PickRequest[];
}

/** One task: its rows go from step to step. */
export interface Task {
  /** What it hears. */
  readonly windows: readonly EncodedWindow[];
  /** The rows of the last step. */
  rows: readonly KvRow[];
  /** The answers of the last step. */
  readonly answers: Answers;
}

type Picks = { -readonly [Name in keyof TokenPicks]: TokenPicks[Name] };

/** What a task was answered, in memory of its own, which its next step overwrites: a run's is that of all its tasks. */
export class Answers {
  readonly #logits: Float32Array[] = [];
  readonly #picks: Picks[] = [];

  /** Keeps the logits after a position, counted through all rows. */
  keepLogits(index: number, logits: Float32Array): void {
    (this.#logits[index] ??= new Float32Array(logits.length)).set(logits);
  }

  /** Keeps what is picked after a position, counted through all rows. */
  keepPicks(index: number, picks: TokenPicks): void {
    const { tokens, logits, logSumExp, special } = picks;
    const own = this.#picks[index];
    if (own?.tokens.length !== tokens.length) {
      this.#picks[index] = {
        tokens: tokens.slice(),
        logits: logits.slice(),
        logSumExp,
        special: special.slice(),
      };
      return;
    }
    own.tokens.set(tokens);
    own.logits.set(logits);
    own.special.set(special);
    own.logSumExp = logSumExp;
  }

  /** The first `count` logits. */
  logits(count: number): readonly Float32Array[] {
    return this.#logits.slice(0, count);
  }

  /** The first `count` picks. */
  picks(count: number): readonly TokenPicks[] {
    return this.#picks.slice(0, count);
  }
}

/** A step, until it is answered. */
export class PendingStep {
  readonly task: Task;
  readonly rows: readonly WantedRow[];
  readonly signal: AbortSignal | undefined;
  readonly #settled = Promise.withResolvers<void>();
  /** The numbers of the rows that have run. */
  readonly #ran = new Set<number>();
  #isTold = false;
  #failure: { readonly reason: unknown } | undefined;

  constructor(task: Task, rows: readonly WantedRow[], signal?: AbortSignal) {
    this.task = task;
    this.rows = rows;
    this.signal = signal;
  }

  /** Resolves when all its rows have run. */
  get done(): Promise<void> {
    return this.#settled.promise;
  }

  /** Whether nothing of it is to be run any longer. */
  get isOver(): boolean {
    return this.#failure !== undefined || this.#ran.size === this.rows.length;
  }

  /** Whether a row has run. */
  hasRun(row: number): boolean {
    return this.#ran.has(row);
  }

  /** Notes that it has failed; who asked for it is told by `settle`. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
  }

  /** Notes that a row has run. */
  ran(row: number): void {
    this.#ran.add(row);
  }

  /** Tells who asked for it, if it is over and was not told; says whether it did. */
  settle(): boolean {
    if (this.#isTold || !this.isOver) return false;
    this.#isTold = true;
    if (this.#failure !== undefined) this.#settled.reject(this.#failure.reason);
    else this.#settled.resolve();
    return true;
  }
}

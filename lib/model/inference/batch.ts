/**
 * The rows of all tasks that hear windows of one length, in slots side by side, and the runs of the decoder on them.
 */
import type { Session } from "../../../ffi/session.ts";
import type { EncodedWindow, WindowHolder } from "../encoded_audio.ts";
import { DecoderRun, type RunRow, type RunSize, runSize } from "./decoder_run.ts";
import { type DecoderMemory, type KvRow, KvSlots } from "./kv_slots.ts";
import { partition } from "./partition.ts";
import type { PendingStep, Task, WantedRow } from "./step.ts";
import { WindowSlots } from "./window_slots.ts";

/** A row that is to run. */
interface ActiveRow extends WantedRow {
  readonly step: PendingStep;
  readonly kv: KvRow;
  readonly heard: EncodedWindow;
  readonly past: number;
  /** Its number in the step. */
  readonly index: number;
  /** The number of the first of its answers among the step's. */
  readonly answer: number;
}

/** Windows side by side, and what keeps them. */
interface WindowRange {
  readonly holder: WindowHolder;
  readonly start: number;
  readonly count: number;
}

/** A run that is kept, and what it is bound to. */
interface BoundRun {
  readonly run: DecoderRun;
  readonly start: number;
  readonly windows: readonly EncodedWindow[];
}

/** Makes a run on behalf of some steps. */
export type Attempt = (
  steps: readonly PendingStep[],
  start: (signal?: AbortSignal) => Promise<void>,
) => Promise<void>;

/** Steps alternate between so many kinds of runs, if windows have unequal numbers of rows. */
const KEPT_RUNS = 3;

/** Rows of several tasks. Whoever makes it disposes it. */
export class DecoderBatch implements Disposable {
  readonly #positions: number;
  readonly #kv: KvSlots;
  readonly #windows: WindowSlots;
  /** The last used first. */
  #bound: BoundRun[] = [];
  #generation = 0;

  /**
   * @param positions Positions of the windows' audio.
   * @param onWindowLeft Called when memory could be given back by `settle`.
   */
  constructor(decoder: DecoderMemory, positions: number, onWindowLeft: () => void) {
    this.#positions = positions;
    this.#kv = new KvSlots(decoder);
    this.#windows = new WindowSlots(decoder, positions, onWindowLeft);
  }

  /** Whether it holds nothing. */
  get isEmpty(): boolean {
    return this.#kv.rows.length === 0 && this.#windows.size === 0;
  }

  /** Gives the rows of a step slots that hold what they continue. */
  arrange({ task, rows }: Pick<PendingStep, "task" | "rows">): void {
    const before = task.rows;
    const claimed = new Set<KvRow>();
    const after = rows.map(({ from }): KvRow | undefined => {
      const source = from === undefined ? undefined : before[from];
      if (source === undefined || claimed.has(source)) return undefined;
      claimed.add(source);
      return source;
    });
    const spare = before.filter((row) => !claimed.has(row));
    const missing = rows.length - claimed.size;
    // This alone can fail, and nothing is changed yet.
    const free = [...spare, ...this.#kv.add(Math.max(0, missing - spare.length))];
    for (const [i, { from }] of rows.entries()) {
      if (after[i] !== undefined) continue;
      const target = after[i] = free.shift()!;
      if (from === undefined) this.#kv.clear(target);
      else this.#kv.copy(before[from], target);
    }
    task.rows = after as KvRow[];
    if (free.length > 0) this.#remove(free);
  }

  /** Takes the rows of a task away. */
  leave(task: Task): void {
    if (task.rows.length > 0) this.#remove(task.rows);
    task.rows = [];
  }

  #remove(rows: readonly KvRow[]): void {
    this.#unbind();
    this.#kv.remove(rows);
  }

  /** Gives memory back that nobody uses. Not while a run is under way. */
  settle(): void {
    if (this.#windows.settle() || this.#kv.rows.length === 0) this.#unbind();
  }

  /**
   * Runs steps whose rows are arranged, in as few runs as there can be.
   *
   * @param attempt Makes one run on behalf of some steps, and does not fail.
   */
  async run(session: Session, steps: readonly PendingStep[], attempt: Attempt): Promise<void> {
    for (const part of partition(steps.flatMap(activeRows))) {
      const rows = part.filter(({ step }) => !step.isOver);
      if (rows.length === 0) continue;
      const concerned = [...new Set(rows.map(({ step }) => step))];
      await attempt(concerned, (signal) => this.#runRows(session, rows, signal));
    }
  }

  async #runRows(session: Session, unordered: readonly ActiveRow[], signal?: AbortSignal): Promise<void> {
    const start = this.#kv.gather(unordered.map(({ kv }) => kv));
    const rows = unordered.toSorted((a, b) => a.kv.slot - b.kv.slot);
    const range = await this.#sideBySide(rows.map(({ heard }) => heard));
    const runRows = rows.map((row) => ({ ...row, window: row.heard.index - range.start }));
    const run = this.#prepare(session, runRows, start, range);
    await run.run(runRows, signal);
    this.#answer(rows, run);
  }

  /** Moves windows together if they are not. */
  async #sideBySide(windows: readonly EncodedWindow[]): Promise<WindowRange> {
    const [{ holder }] = windows;
    const isElsewhere = holder !== this.#windows && windows.every((window) => window.holder === holder);
    if (!isElsewhere && !this.#windows.isArranged(windows)) {
      this.#unbind();
      await this.#windows.arrange(windows);
    }
    const indices = windows.map(({ index }) => index);
    const start = Math.min(...indices);
    return { holder: windows[0].holder, start, count: Math.max(...indices) - start + 1 };
  }

  /** A run like one before, or a new one. */
  #prepare(
    session: Session,
    rows: readonly (ActiveRow & RunRow)[],
    start: number,
    range: WindowRange,
  ): DecoderRun {
    const generation = this.#kv.generation + range.holder.generation;
    if (generation !== this.#generation) this.#unbind();
    this.#generation = generation;
    const size = runSize(rows, range.count);
    const windows = rows.map(({ heard }) => heard);
    const found = this.#bound.find((bound) =>
      bound.start === start && bound.run.fits(size) &&
      bound.windows.every((window, i) => window === windows[i])
    );
    this.#bound = this.#bound.filter((bound) => bound !== found);
    for (const { run } of this.#bound.splice(KEPT_RUNS - 1)) run[Symbol.dispose]();
    const run = found?.run ?? this.#bind(session, size, start, range);
    this.#bound.unshift(found ?? { run, start, windows });
    return run;
  }

  #bind(session: Session, size: RunSize, start: number, range: WindowRange): DecoderRun {
    using views = new DisposableStack();
    const held = (tensors: ReturnType<KvSlots["views"]>) => {
      for (const [, tensor] of tensors) views.use(tensor);
      return tensors;
    };
    return new DecoderRun(session, {
      size,
      kv: held(this.#kv.views(start, size.rows)),
      cross: held(range.holder.views(range.start, range.count)),
      positions: this.#positions,
    });
  }

  /** Hands over what a run gave. */
  #answer(rows: readonly ActiveRow[], { head, logits }: DecoderRun): void {
    let picked = 0, selected = rows.reduce((sum, { picks = [] }) => sum + picks.length, 0);
    for (const { step, index, kv, tokens, positions, picks, answer } of rows) {
      this.#kv.append(kv, tokens);
      const { answers } = step.task;
      for (const i of positions.keys()) {
        if (picks !== undefined) answers.keepPicks(answer + i, head.picks[picked++]);
        else {
          const { data, shape: [, width] } = logits!;
          const at = width * selected++;
          answers.keepLogits(answer + i, data.subarray(at, at + width));
        }
      }
      step.ran(index);
    }
  }

  #unbind(): void {
    for (const { run } of this.#bound) run[Symbol.dispose]();
    this.#bound = [];
  }

  [Symbol.dispose](): void {
    this.#unbind();
    this.#kv[Symbol.dispose]();
    this.#windows[Symbol.dispose]();
  }
}

/** The rows of a step that have not run yet. */
function activeRows(step: PendingStep): ActiveRow[] {
  const { task, rows } = step;
  const active: ActiveRow[] = [];
  let answer = 0;
  for (const [index, row] of rows.entries()) {
    const kv = task.rows[index];
    const heard = task.windows[row.window];
    if (!step.hasRun(index)) active.push({ ...row, step, index, kv, heard, past: kv.tokens.length, answer });
    answer += row.positions.length;
  }
  return active;
}

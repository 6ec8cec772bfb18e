/**
 * Gathers the steps of all tasks of a model into runs of its decoder. Rows enter and leave at every step; what is
 * waiting when a run ends goes into the next.
 */
import type { Session } from "../../../ffi/session.ts";
import { nextTurn } from "../../async/next_turn.ts";
import { wrongArgument } from "../../errors.ts";
import type { EncodedWindow } from "../encoded_audio.ts";
import { type Attempt, DecoderBatch } from "./batch.ts";
import { removeItem } from "./remove_item.ts";
import { Answers, PendingStep, type Task, type WantedRow } from "./step.ts";
import { type JointSteps, Turns } from "./turns.ts";

/** Runs the steps of a model's tasks. It holds nothing while there are none. */
export class DecoderScheduler implements JointSteps {
  /** Who runs when. */
  readonly turns: Turns = new Turns(this);
  readonly #session: Session;
  /** Held while there are tasks. */
  #held: Session | undefined;
  /** By the number of positions of their windows. */
  readonly #batches = new Map<number, DecoderBatch>();
  readonly #tasks = new Map<Task, DecoderBatch>();
  /** Those that wait, in order. */
  readonly #steps: PendingStep[] = [];
  /** Those whose step was answered last and who have not asked for another. */
  readonly #answered: Task[] = [];
  #allBack: (() => void) | undefined;
  /** Tasks that leave when the run ends. */
  readonly #leaving: Task[] = [];
  /** The steps of the turn that is taken. */
  #underWay: readonly PendingStep[] = [];
  #running = false;
  #promptsLast = false;

  /** @param session The decoder's. Its owner may dispose it: tasks at work keep it. */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Starts a task on windows of one length. Whoever starts it ends it. */
  start(windows: readonly EncodedWindow[]): Task {
    const { positions } = windows[0];
    this.#held ??= this.#session.share();
    let batch = this.#batches.get(positions);
    if (batch === undefined) {
      batch = new DecoderBatch(this.#held, positions, () => {
        if (!this.#running) this.#settleBatches();
      });
      this.#batches.set(positions, batch);
    }
    const task: Task = { windows, rows: [], answers: new Answers() };
    this.#tasks.set(task, batch);
    return task;
  }

  /** Ends a task: at once, or when the run under way has ended. */
  end(task: Task): void {
    if (!this.#tasks.has(task)) return;
    if (!this.#leaving.includes(task)) this.#leaving.push(task);
    for (const step of [...this.#steps, ...this.#underWay]) {
      if (step.task === task) this.#fail(step, disposed());
    }
    if (!this.#running) this.#letGo();
    this.#isBack(task);
  }

  /**
   * Runs a step of a task; its answers are the task's.
   *
   * @throws the signal's reason when it is aborted.
   */
  async step(task: Task, rows: readonly WantedRow[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#tasks.has(task) || this.#leaving.includes(task)) throw disposed();
    const step = new PendingStep(task, rows, signal);
    const abort = () => this.#fail(step, signal!.reason);
    signal?.addEventListener("abort", abort);
    this.#steps.push(step);
    this.#isBack(task);
    this.turns.wake();
    try {
      await step.done;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  get waiting(): number {
    return this.#steps.length;
  }

  async run(): Promise<void> {
    const steps = this.#underWay = this.#take();
    this.#running = true;
    for (const [batch, own] of Map.groupBy(steps, ({ task }) => this.#tasks.get(task)!)) {
      for (const step of own) {
        try {
          batch.arrange(step);
        } catch (error) {
          step.fail(error);
        }
      }
      const arranged = own.filter(({ isOver }) => !isOver);
      await batch.run(this.#held!, arranged, this.#attempt(batch));
    }
    this.#running = false;
    this.#underWay = [];
    this.#letGo();
    this.#settleBatches();
    for (const step of steps) this.#settle(step);
  }

  /** The steps of the next turn: prompts first, so that their rows join the others. */
  #take(): PendingStep[] {
    const prompts = this.#steps.filter(({ rows }) => rows.some(({ tokens }) => tokens.length > 1));
    this.#promptsLast = prompts.length > 0 && !this.#promptsLast;
    if (!this.#promptsLast) return this.#steps.splice(0);
    for (const step of prompts) removeItem(this.#steps, step);
    return prompts;
  }

  /** Makes a run; if it fails for several tasks, each of them runs alone, so that only its own failure is a task's. */
  #attempt(batch: DecoderBatch): Attempt {
    return async (steps, start) => {
      try {
        using all = allAborted(steps.map(({ signal }) => signal));
        await start(all.signal);
      } catch (error) {
        if (steps.length === 1) steps[0].fail(error);
        else for (const step of steps) await batch.run(this.#held!, [step], this.#attempt(batch));
      }
      this.#letGo();
      for (const step of steps) this.#settle(step);
    };
  }

  /** Notes that a step has failed. It is over at once if it has not begun, else when the run has ended. */
  #fail(step: PendingStep, reason: unknown): void {
    step.fail(reason);
    if (removeItem(this.#steps, step)) this.#settle(step);
  }

  #settle(step: PendingStep): void {
    const { task } = step;
    if (step.settle() && this.#tasks.has(task) && !this.#answered.includes(task)) this.#answered.push(task);
  }

  async gathered(): Promise<void> {
    if (this.#answered.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#allBack = resolve;
    await Promise.race([promise, nextTurn()]);
    this.#answered.length = 0;
    this.#allBack = undefined;
  }

  #isBack(task: Task): void {
    if (removeItem(this.#answered, task) && this.#answered.length === 0) this.#allBack?.();
  }

  /** Lets those go who left in the meantime. Between two runs. */
  #letGo(): void {
    for (const task of this.#leaving.splice(0)) {
      this.#tasks.get(task)!.leave(task);
      this.#tasks.delete(task);
    }
    if (this.#tasks.size > 0) return;
    this.#settleBatches();
    this.#held?.[Symbol.dispose]();
    this.#held = undefined;
  }

  /** Gives memory back that nobody uses. Between two runs. */
  #settleBatches(): void {
    const used = new Set(this.#tasks.values());
    for (const [positions, batch] of this.#batches) {
      batch.settle();
      if (!batch.isEmpty || used.has(batch)) continue;
      batch[Symbol.dispose]();
      this.#batches.delete(positions);
    }
  }
}

function disposed(): TypeError {
  return wrongArgument("INVALID_INPUT", "Cannot decode: the inference is disposed");
}

/** A signal that is aborted when all are; none, if one of them cannot be. */
function allAborted(signals: readonly (AbortSignal | undefined)[]): { signal?: AbortSignal } & Disposable {
  const different = [...new Set(signals)];
  if (different.length === 1) return { signal: different[0], [Symbol.dispose]: () => {} };
  if (different.includes(undefined)) return { [Symbol.dispose]: () => {} };
  const controller = new AbortController();
  const check = () => {
    if (different.every((signal) => signal!.aborted)) controller.abort(different[0]!.reason);
  };
  check();
  for (const signal of different) signal!.addEventListener("abort", check);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of different) signal!.removeEventListener("abort", check);
    },
  };
}

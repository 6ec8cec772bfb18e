/**
 * A decoder at work for one task, together with those of other tasks. After `PyTorchInference` of openai/whisper's
 * `decoding.py`.
 */
import type { ModelDimensions } from "../../checkpoint/types.ts";
import { outOfRange } from "../../errors.ts";
import type { EncodedAudio } from "../encoded_audio.ts";
import type { Inference, PickRow, StepRow, TokenPicks } from "../types.ts";
import type { DecoderScheduler } from "./scheduler.ts";
import type { Task, WantedRow } from "./step.ts";

/** One task. It holds its features; whoever makes it disposes it. */
export class DecoderInference implements Inference {
  readonly #scheduler: DecoderScheduler;
  readonly #dims: ModelDimensions;
  readonly #features: EncodedAudio;
  readonly #task: Task;

  constructor(scheduler: DecoderScheduler, dims: ModelDimensions, features: EncodedAudio) {
    using held = new DisposableStack();
    this.#features = held.use(features.share());
    this.#task = scheduler.start(features.windows);
    this.#scheduler = scheduler;
    this.#dims = dims;
    held.move();
  }

  async step(
    rows: readonly StepRow[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly Float32Array[]> {
    const wanted = rows.map(({ window, from, tokens, positions = [tokens.length - 1] }) => {
      return { window, from, tokens, positions };
    });
    return this.#task.answers.logits(await this.#run(wanted, signal));
  }

  async pick(
    rows: readonly PickRow[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly TokenPicks[]> {
    const wanted = rows.map((row) => ({ ...row, positions: row.positions ?? [row.tokens.length - 1] }));
    for (const { positions: { length }, picks } of wanted) {
      if (picks.length === length) continue;
      throw new RangeError(`Cannot pick tokens: ${picks.length} requests do not fit ${length} positions`);
    }
    return this.#task.answers.picks(await this.#run(wanted, signal));
  }

  /** Runs a step, and gives the number of its answers. */
  async #run(rows: readonly WantedRow[], signal: AbortSignal | undefined): Promise<number> {
    for (const row of rows) this.#check(row);
    await this.#scheduler.step(this.#task, rows, signal);
    return rows.reduce((sum, { positions }) => sum + positions.length, 0);
  }

  #check({ window, from, tokens }: StepRow): void {
    const length = from === undefined ? 0 : this.#task.rows[from].tokens.length;
    if (length + tokens.length > this.#dims.nTextCtx) {
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot decode ${tokens.length} more tokens: the row holds ${length} of ${this.#dims.nTextCtx}`,
      );
    }
    const { batch } = this.#features;
    if (!Number.isInteger(window) || window < 0 || window >= batch) {
      throw outOfRange("INVALID_INPUT", `Cannot decode window ${window}: wanted one from 0 to ${batch - 1}`);
    }
  }

  [Symbol.dispose](): void {
    this.#scheduler.end(this.#task);
    this.#features[Symbol.dispose]();
  }
}

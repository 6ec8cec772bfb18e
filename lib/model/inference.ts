/**
 * A decoder at work for one task, with KV caches that grow. After `PyTorchInference` of openai/whisper's
 * `decoding.py`.
 */
import type { Session } from "../../ffi/session.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { outOfRange } from "../errors.ts";
import type { EncodedAudio } from "./encoded_audio.ts";
import { RowGroup } from "./row_group.ts";
import type { Inference, PickRow, StepRow, TokenPicks } from "./types.ts";

/** Where a row lies. */
interface Place {
  readonly group: RowGroup;
  readonly row: number;
}

/** The rows of a step that run together, by their numbers in the step. */
type Part = readonly number[];

/**
 * Runs the steps of one task: rows of one window with equal numbers of tokens in one run, the others one run after
 * another. It holds its session and its features; whoever makes it disposes it.
 */
export class DecoderInference implements Inference {
  readonly #session: Session;
  readonly #dims: ModelDimensions;
  readonly #features: EncodedAudio;
  readonly #held: DisposableStack;
  readonly #groups = new Set<RowGroup>();
  /** The rows of the last step. */
  #places: readonly Place[] = [];

  constructor(session: Session, dims: ModelDimensions, features: EncodedAudio) {
    using held = new DisposableStack();
    this.#session = held.use(session.share());
    this.#features = held.use(features.share());
    this.#dims = dims;
    this.#held = held.move();
  }

  async step(
    rows: readonly StepRow[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly Float32Array[]> {
    return await this.#run(rows, (group, part) => group.run(tokensOf(part), positionsOf(part[0]), signal));
  }

  async pick(
    rows: readonly PickRow[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly TokenPicks[]> {
    for (const row of rows) checkPicks(row);
    return await this.#run(rows, (group, part) => {
      const picks = part.flatMap(({ picks }) => picks);
      return group.pick(tokensOf(part), positionsOf(part[0]), picks, signal);
    });
  }

  /** Runs a step, part after part. */
  async #run<Row extends StepRow, Answer>(
    rows: readonly Row[],
    run: (group: RowGroup, part: readonly Row[]) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    for (const row of rows) this.#check(row);
    const parts = this.#partition(rows);
    const groups = this.#arrange(rows, parts);
    const answers: (readonly Answer[])[] = [];
    for (const [i, part] of parts.entries()) {
      answers.push(await run(groups[i], part.map((row) => rows[row])));
    }
    return parts.length === 1 ? answers[0] : inOrder(rows, parts, answers);
  }

  #check({ window, from, tokens }: StepRow): void {
    const length = this.#lengthBefore(from);
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

  #lengthBefore(from: number | undefined): number {
    return from === undefined ? 0 : this.#places[from].group.cache.length;
  }

  #partition(rows: readonly StepRow[]): Part[] {
    if (rows.length === 1) return [[0]];
    const alike = (row: StepRow) =>
      `${row.window} ${this.#lengthBefore(row.from)} ${row.tokens.length} ${positionsOf(row)}`;
    return [...Map.groupBy(rows.keys(), (row) => alike(rows[row])).values()];
  }

  /** Gives each part a group whose slots hold what its rows continue. */
  #arrange(rows: readonly StepRow[], parts: readonly Part[]): RowGroup[] {
    const sources = parts.map((part) =>
      part.flatMap((row) => {
        const { from } = rows[row];
        return from === undefined ? [] : [this.#places[from]];
      })
    );
    using made = new DisposableStack();
    const groups = parts.map((part, i) =>
      this.#inPlace(rows[part[0]].window, part.length, i, sources) ??
        made.use(this.#copy(rows[part[0]].window, part.length, sources[i]))
    );
    // Nothing is moved before all is copied.
    for (const [i, group] of groups.entries()) {
      if (this.#groups.has(group)) reorder(group, sources[i]);
    }
    for (const group of this.#groups) if (!groups.includes(group)) group[Symbol.dispose]();
    this.#groups.clear();
    for (const group of groups) this.#groups.add(group);
    made.move();
    const places: Place[] = [];
    for (const [i, part] of parts.entries()) {
      for (const [slot, row] of part.entries()) places[row] = { group: groups[i], row: slot };
    }
    this.#places = places;
    return groups;
  }

  /** The group that a part's rows are in already, if it has as many and no other part needs it. */
  #inPlace(
    window: number,
    count: number,
    part: number,
    sources: readonly (readonly Place[])[],
  ): RowGroup | undefined {
    const group = sources[part][0]?.group;
    if (group === undefined || group.window !== window || group.cache.rows !== count) return undefined;
    const isOnly = sources.every((places, i) =>
      places.every((place) => (place.group === group) === (i === part))
    );
    return isOnly ? group : undefined;
  }

  #copy(window: number, rows: number, places: readonly Place[]): RowGroup {
    const slots = places.map(({ group, row }) => ({ cache: group.cache, row }));
    const features = this.#features;
    return new RowGroup(this.#session, { features, window, rows, slots });
  }

  [Symbol.dispose](): void {
    for (const group of this.#groups) group[Symbol.dispose]();
    this.#groups.clear();
    this.#held.dispose();
  }
}

function positionsOf(
  { tokens, positions = [tokens.length - 1] }: Pick<StepRow, "tokens" | "positions">,
): readonly number[] {
  return positions;
}

function tokensOf(rows: readonly StepRow[]): readonly (readonly number[])[] {
  return rows.map(({ tokens }) => tokens);
}

function checkPicks(row: PickRow): void {
  const { length } = positionsOf(row);
  if (row.picks.length === length) return;
  throw new RangeError(`Cannot pick tokens: ${row.picks.length} requests do not fit ${length} positions`);
}

function reorder({ cache }: RowGroup, places: readonly Place[]): void {
  if (places.some(({ row }, slot) => row !== slot)) cache.reorder(places.map(({ row }) => row));
}

/** Puts the answers of the parts into the order of the rows. */
function inOrder<Answer>(
  rows: readonly StepRow[],
  parts: readonly Part[],
  answers: readonly (readonly Answer[])[],
): readonly Answer[] {
  const byRow: (readonly Answer[])[] = [];
  for (const [i, part] of parts.entries()) {
    const count = positionsOf(rows[part[0]]).length;
    for (const [slot, row] of part.entries()) byRow[row] = answers[i].slice(slot * count, (slot + 1) * count);
  }
  return byRow.flat();
}

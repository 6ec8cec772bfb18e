/**
 * The tensors of one kind of decoder run, bound once: runs with the same numbers of rows, new tokens, windows and
 * selected positions. A run writes a few numbers and makes one native call.
 */
import { allocate, specOf } from "../../../ffi/graph.ts";
import type { Binding, Session } from "../../../ffi/session.ts";
import type { Tensor } from "../../../ffi/value.ts";
import type { StoredType } from "../precision.ts";
import { type PickSize, pickSize, TokenHead } from "../token_head.ts";
import type { PickRequest } from "../types.ts";

/** A row of a run. */
export interface RunRow {
  /** Its new tokens: as many as the run takes, or fewer. */
  readonly tokens: readonly number[];
  /** How many tokens it holds. */
  readonly past: number;
  /** After which of the new tokens logits are wanted. */
  readonly positions: readonly number[];
  /** What is picked after each, if not the logits are wanted whole. */
  readonly picks?: readonly PickRequest[];
  /** Which of the run's windows it hears. */
  readonly window: number;
}

/** How large a run is. */
export interface RunSize {
  readonly rows: number;
  /** New tokens of a row, at most. */
  readonly count: number;
  readonly windows: number;
  /** Rows of a window, at most. */
  readonly rowsPerWindow: number;
  /** Positions of all rows that logits are wanted for. */
  readonly selected: number;
  /** How much of the first of them is picked, if anything is. */
  readonly picks?: PickSize;
}

type NamedTensor = readonly [name: string, tensor: Tensor<StoredType>];

/** What a run reads. */
export interface DecoderRunOptions {
  readonly size: RunSize;
  /** Keys and values of the rows, which are appended to, by the decoder's names without `past_` and `present_`. */
  readonly kv: readonly NamedTensor[];
  /** Keys and values of the windows, by the decoder's names. */
  readonly cross: readonly NamedTensor[];
  /** Positions of a window's audio. */
  readonly positions: number;
  /** Which cross-attention scores are wanted. Default: none. */
  readonly scores?: { readonly layers: readonly number[]; readonly heads: number };
}

/** The size of a run of these rows. */
export function runSize(rows: readonly RunRow[], windows: number): RunSize {
  const counts = new Map<number, number>();
  for (const { window } of rows) counts.set(window, (counts.get(window) ?? 0) + 1);
  const requests = rows.flatMap(({ picks = [] }) => picks);
  return {
    rows: rows.length,
    count: Math.max(...rows.map(({ tokens }) => tokens.length)),
    windows,
    rowsPerWindow: Math.max(...counts.values()),
    selected: rows.reduce((sum, { positions }) => sum + positions.length, 0),
    picks: requests.length === 0 ? undefined : pickSize(requests),
  };
}

/** A bound run, which holds the tensors it reads and writes. Whoever makes it disposes it. */
export class DecoderRun implements Disposable {
  readonly size: RunSize;
  /**
   * `(selected, nVocab)` after a run: first the positions that are picked from, row after row, then the others. None,
   * where all are picked from: then they stay on the device.
   */
  readonly logits: Tensor<"float32"> | undefined;
  /** What picks tokens. */
  readonly head: TokenHead;
  /** `(windows, heads, rowsPerWindow * count, positions)` by layer after a run, `positions` of the audio. */
  readonly scores: ReadonlyMap<number, Tensor<"float32">>;
  readonly #session: Session;
  readonly #binding: Binding;
  readonly #inputs: Readonly<Record<string, Tensor<"int32">>>;
  readonly #owned: DisposableStack;

  constructor(session: Session, options: DecoderRunOptions) {
    const { size, kv, cross, positions, scores } = options;
    using owned = new DisposableStack();
    const { library, inputs, outputs } = session;
    const { rows, count, windows, rowsPerWindow, selected } = size;
    // Never none: not every provider takes a tensor without elements.
    const [scoredHeads, scoredQueries] = scores === undefined
      ? [1, 1]
      : [scores.heads, rowsPerWindow * count];
    const sizes = {
      rows,
      count,
      windows,
      rows_per_window: rowsPerWindow,
      scored_heads: scoredHeads,
      scored_queries: scoredQueries,
      selected,
      audio_positions: positions,
    };
    const input = (name: string) => owned.use(allocate(library, specOf(inputs, name, "int32"), sizes));
    const output = (name: string) => owned.use(allocate(library, specOf(outputs, name, "float32"), sizes));
    this.#inputs = {
      tokens: input("tokens"),
      positions: input("positions"),
      last_position: input("last_position"),
      total_length: input("total_length"),
      window_rows: input("window_rows"),
      row_places: input("row_places"),
      selected: input("selected"),
    };
    const scoreSizes = input("score_sizes");
    scoreSizes.data.set([scoredHeads, scoredQueries]);
    this.logits = selected > (size.picks?.picked ?? 0) ? output("logits") : undefined;
    this.scores = new Map(scores?.layers.map((layer) => [layer, output(`cross_scores_${layer}`)]));
    this.#binding = owned.use(session.bind());
    if (this.logits !== undefined) this.#binding.output("logits", this.logits);
    this.head = owned.use(new TokenHead(session, this.#binding, size.picks));
    for (const [name, tensor] of Object.entries(this.#inputs)) this.#binding.input(name, tensor);
    for (const [layer, tensor] of this.scores) this.#binding.output(`cross_scores_${layer}`, tensor);
    this.#binding.constant("score_sizes", scoreSizes);
    for (const [name, tensor] of cross) this.#binding.constant(name, tensor);
    for (const [name, tensor] of kv) {
      // The same tensor in and out: the decoder appends to it in place.
      this.#binding.input(`past_${name}`, tensor).output(`present_${name}`, tensor);
    }
    this.size = size;
    this.#session = owned.use(session.share());
    this.#owned = owned.move();
  }

  /** Whether it can run rows of this size. */
  fits(size: RunSize): boolean {
    const own = this.size;
    return own.rows === size.rows && own.count === size.count && own.windows === size.windows &&
      own.rowsPerWindow === size.rowsPerWindow && own.selected === size.selected &&
      this.head.fits(size.picks);
  }

  /** Runs the decoder on the next tokens of every row. */
  async run(rows: readonly RunRow[], signal?: AbortSignal): Promise<void> {
    const { count } = this.size;
    const { tokens, positions, last_position, total_length, selected } = this.#inputs;
    let longest = 0;
    for (const [i, row] of rows.entries()) {
      for (let j = 0; j < count; j++) {
        tokens.data[i * count + j] = row.tokens[j] ?? 0;
        positions.data[i * count + j] = row.past + j;
      }
      last_position.data[i] = row.past + row.tokens.length - 1;
      longest = Math.max(longest, row.past + count);
    }
    total_length.data[0] = longest;
    this.#place(rows);
    const picking = rows.flatMap((row, i) => row.picks === undefined ? [] : [[row, i] as const]);
    const whole = rows.flatMap((row, i) => row.picks === undefined ? [[row, i] as const] : []);
    let next = 0;
    for (const [row, i] of [...picking, ...whole]) {
      for (const position of row.positions) selected.data[next++] = i * count + position;
    }
    this.head.ask(picking.flatMap(([row]) => row.picks!));
    // A prompt works in some 30 MB (tiny.en), the steps after it in 2: what it took is given back.
    await this.#session.run(this.#binding, signal, count === 1);
  }

  /** Says which rows hear which window. */
  #place(rows: readonly RunRow[]): void {
    const { rowsPerWindow, windows } = this.size;
    const { window_rows, row_places } = this.#inputs;
    // What fills up is computed and not looked at.
    window_rows.data.fill(0);
    const used = new Int32Array(windows);
    for (const [i, { window }] of rows.entries()) {
      const place = window * rowsPerWindow + used[window]++;
      window_rows.data[place] = i;
      row_places.data[i] = place;
    }
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

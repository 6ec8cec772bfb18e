/**
 * The tensors of one kind of decoder run, bound once: runs with the same numbers of rows, new tokens and
 * selected positions. A run writes a few numbers and makes one native call.
 */
import { allocate, specOf } from "../../ffi/graph.ts";
import type { Binding, Session } from "../../ffi/session.ts";
import type { Tensor } from "../../ffi/value.ts";
import type { EncodedAudio } from "./encoded_audio.ts";
import type { KvCache } from "./kv_cache.ts";
import { type PickSize, TokenHead } from "./token_head.ts";
import type { PickRequest } from "./types.ts";

/** What a run reads, and how much of it. */
export interface DecoderRunOptions {
  readonly features: EncodedAudio;
  /** Which window of `features`. */
  readonly window: number;
  /** The cache that is appended to. */
  readonly cache: KvCache;
  /** New tokens of every row. */
  readonly count: number;
  /** Positions of every row that logits are wanted for. */
  readonly selected: number;
  /** How much of the logits of those positions is picked, if they are not wanted whole. */
  readonly picks?: PickSize;
  /** Layers whose cross-attention scores are wanted. */
  readonly scoreLayers?: readonly number[];
}

/** A bound run, which holds the tensors it reads and writes. Whoever makes it disposes it. */
export class DecoderRun implements Disposable {
  readonly rows: number;
  readonly count: number;
  readonly selected: number;
  /** `(rows * selected, nVocab)` after a run. */
  readonly logits: Tensor<"float32">;
  /** What picks tokens. */
  readonly head: TokenHead;
  /** `(1, nTextHead, rows * count, positions)`, `positions` of the audio, by layer after a run. */
  readonly scores: ReadonlyMap<number, Tensor<"float32">>;
  readonly #session: Session;
  readonly #cache: KvCache;
  readonly #binding: Binding;
  readonly #inputs: Readonly<Record<string, Tensor<"int32">>>;
  readonly #owned: DisposableStack;
  #logitRows: readonly Float32Array[] | undefined;

  constructor(session: Session, options: DecoderRunOptions) {
    const { features, window, cache, count, selected, picks, scoreLayers = [] } = options;
    using owned = new DisposableStack();
    const { rows } = cache;
    const { library, inputs, outputs } = session;
    const sizes = {
      rows,
      count,
      windows: 1,
      queries: rows * count,
      selected: rows * selected,
      audio_positions: features.positions,
    };
    const input = (name: string) => owned.use(allocate(library, specOf(inputs, name, "int32"), sizes));
    const output = (name: string) => owned.use(allocate(library, specOf(outputs, name, "float32"), sizes));
    this.#inputs = {
      tokens: input("tokens"),
      positions: input("positions"),
      last_position: input("last_position"),
      total_length: input("total_length"),
      selected: input("selected"),
    };
    this.logits = output("logits");
    this.scores = new Map(scoreLayers.map((layer) => [layer, output(`cross_scores_${layer}`)]));
    this.#binding = owned.use(session.bind()).output("logits", this.logits);
    this.head = owned.use(new TokenHead(session, this.#binding, picks));
    for (const [name, tensor] of Object.entries(this.#inputs)) this.#binding.input(name, tensor);
    for (const [layer, tensor] of this.scores) this.#binding.output(`cross_scores_${layer}`, tensor);
    for (const [name, tensor] of features.crossAttention()) {
      this.#binding.constant(name, features.batch === 1 ? tensor : owned.use(tensor.at(window)));
    }
    for (const [name, tensor] of cache.tensors()) {
      // The same tensor in and out: the decoder appends to it in place.
      this.#binding.input(`past_${name}`, tensor).output(`present_${name}`, tensor);
    }
    this.rows = rows;
    this.count = count;
    this.selected = selected;
    this.#session = owned.use(session.share());
    this.#cache = cache;
    this.#owned = owned.move();
  }

  /** The rows of `logits`, as its `data`: not to be kept. */
  get logitRows(): readonly Float32Array[] {
    const { data, shape: [rows, width] } = this.logits;
    return this.#logitRows ??= Array.from(
      { length: rows },
      (_, i) => data.subarray(i * width, (i + 1) * width),
    );
  }

  /**
   * Runs the decoder on the next tokens of every row.
   *
   * @param tokens `(rows, count)`.
   * @param positions Which of the `count` positions to give logits for: `selected` of them.
   * @param options What is picked, row after row, by position; and a signal to stop.
   */
  async run(
    tokens: readonly (readonly number[])[],
    positions: readonly number[],
    { picks = [], signal }: { picks?: readonly PickRequest[]; signal?: AbortSignal } = {},
  ): Promise<void> {
    const { rows, count } = this;
    const { length } = this.#cache;
    const write = (name: string, value: (i: number) => number) => {
      const { data } = this.#inputs[name];
      for (let i = 0; i < data.length; i++) data[i] = value(i);
    };
    const flat = tokens.flat();
    if (flat.length !== rows * count || positions.length !== this.selected) {
      throw new RangeError(`Cannot decode: ${flat.length} tokens do not make ${rows} rows of ${count}`);
    }
    write("tokens", (i) => flat[i]);
    write("positions", (i) => length + i % count);
    write("last_position", () => length + count - 1);
    write("total_length", () => length + count);
    write("selected", (i) => Math.floor(i / positions.length) * count + positions[i % positions.length]);
    this.head.ask(picks);
    await this.#session.run(this.#binding, signal);
    this.#cache.append(tokens);
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

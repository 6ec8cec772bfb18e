/**
 * The end of the decoder's graph, which sums up the logits of text: some 50,000 of a vocabulary are text, and of
 * those greedy decoding and beam search look at a few. The rest, end of text and what follows it, is some 1,600
 * logits, to which most rules apply: it is handed over as it is.
 *
 * | value | shape |
 * |---|---|
 * | in `suppressed` | `(picked, suppressed)`: tokens of text that are forbidden, and end of text at least once |
 * | in `pick_count` | `(1)`: how many tokens are picked |
 * | out `picked_tokens`, `picked_logits` | `(picked, pick_count)`: the most probable first, of equals the lower |
 * | out `text_log_sum` | `(picked, 1)`: `log(sum(exp(x)))` of the text that is not forbidden |
 * | out `special_logits` | `(picked, nVocab - eot)`: those of end of text and what follows it |
 *
 * What is picked are the first rows of the decoder's `logits`.
 */
import { allocate, specOf } from "../../ffi/graph.ts";
import type { Binding, Session } from "../../ffi/session.ts";
import type { Tensor } from "../../ffi/value.ts";
import { DATA_TYPES, type GraphBuilder } from "./onnx_writer.ts";
import type { PickRequest, TokenPicks } from "./types.ts";

/**
 * Writes the head over the value `logits`, `(selected, nVocab)` in float32.
 *
 * Measured on Zen 4, two cores, 51,865 logits: some 0.1 ms a row. `Softmax` and the largest value give the
 * log-sum-exp in a tenth of the time of `ReduceLogSumExp`; picking from groups of tokens first gains nothing.
 */
export function tokenHead(graph: GraphBuilder, { nVocab, eot }: { nVocab: number; eot: number }): void {
  graph.input("suppressed", "int32", ["picked", "suppressed"]);
  graph.input("pick_count", "int64", [1]);
  const picked = graph.node("Shape", ["suppressed"], { start: 0, end: 1 });
  const upTo = (end: number) => graph.node("Concat", [picked, graph.shape(end)], { axis: 0 });
  const first = (x: string) => graph.node("Slice", [x, graph.shape(0), graph.shape(1), graph.shape(1)]);

  // End of text is a spare column: it is always forbidden here, and lists of any length are filled up with it.
  const text = graph.node("Slice", ["logits", graph.shape(0, 0), upTo(eot + 1)]);
  const shape = graph.node("Shape", ["suppressed"]);
  const never = graph.node("Expand", [graph.constant(Float32Array.of(-Infinity)), shape]);
  const allowed = graph.node("ScatterElements", [text, "suppressed", never], { axis: 1 });

  const picks = ["picked_logits", "picked_indices"];
  graph.node("TopK", [allowed, "pick_count"], { axis: -1 }, picks);
  graph.node("Cast", ["picked_indices"], { to: DATA_TYPES.int32 }, ["picked_tokens"]);
  // The softmax of the largest is 1 / sum(exp(x - largest)).
  const softmax = graph.node("Softmax", [allowed], { axis: -1 });
  const share = graph.node("GatherElements", [softmax, first("picked_indices")], { axis: 1 });
  graph.node("Sub", [first("picked_logits"), graph.node("Log", [share])], {}, ["text_log_sum"]);
  graph.node("Slice", ["logits", graph.shape(0, eot), upTo(nVocab)], {}, ["special_logits"]);

  graph.output("picked_tokens", "int32", ["picked", "pick_count"]);
  graph.output("picked_logits", "float32", ["picked", "pick_count"]);
  graph.output("text_log_sum", "float32", ["picked", 1]);
  graph.output("special_logits", "float32", ["picked", nVocab - eot]);
}

/** How much a run picks. */
export interface PickSize {
  /** Rows of logits that are summed up. */
  readonly picked: number;
  /** Tokens that are picked from each. */
  readonly count: number;
  /** The most tokens that are suppressed in one, end of text included. */
  readonly suppressed: number;
}

/** The size that answers these requests. */
export function pickSize(requests: readonly PickRequest[]): PickSize {
  let count = 1, suppressed = 0;
  for (const request of requests) {
    count = Math.max(count, request.count);
    suppressed = Math.max(suppressed, request.suppressed.length);
  }
  return { picked: requests.length, count, suppressed: suppressed + 1 };
}

/** The size of a run of which only logits are wanted: the graph always picks, and not every release takes no row. */
const IDLE: PickSize = { picked: 1, count: 1, suppressed: 1 };

/** The tensors of the head in one binding. Whoever makes it disposes it. */
export class TokenHead implements Disposable {
  /** By the rows that are picked, after a run; the next run overwrites them. None, if only logits are wanted. */
  readonly picks: readonly TokenPicks[];
  readonly #size: PickSize | undefined;
  readonly #suppressed: Tensor<"int32">;
  readonly #eot: number;
  readonly #owned: DisposableStack;

  /** Binds the head; without a size it is idle. */
  constructor({ library, inputs, outputs }: Session, binding: Binding, size?: PickSize) {
    using owned = new DisposableStack();
    const { picked, count, suppressed } = size ?? IDLE;
    const sizes = { picked, suppressed, pick_count: count };
    const [, nVocab] = specOf(outputs, "logits", "float32").shape as number[];
    const special = specOf(outputs, "special_logits", "float32");
    this.#eot = nVocab - (special.shape[1] as number);
    this.#suppressed = owned.use(allocate(library, specOf(inputs, "suppressed", "int32"), sizes));
    this.#suppressed.data.fill(this.#eot);
    const pickCount = owned.use(allocate(library, specOf(inputs, "pick_count", "int64"), sizes));
    pickCount.data[0] = BigInt(count);
    binding.input("suppressed", this.#suppressed).input("pick_count", pickCount);
    const output = <T extends "float32" | "int32">(name: string, type: T) => {
      const tensor = owned.use(allocate(library, specOf(outputs, name, type), sizes));
      binding.output(name, tensor);
      return tensor;
    };
    this.picks = size === undefined ? [] : rowsOf(picked, {
      tokens: output("picked_tokens", "int32").data,
      logits: output("picked_logits", "float32").data,
      sums: output("text_log_sum", "float32").data,
      special: output("special_logits", "float32").data,
    });
    this.#size = size;
    this.#owned = owned.move();
  }

  /** Whether it can answer what another of this size could. */
  fits(size?: PickSize): boolean {
    const own = this.#size;
    if (own === undefined || size === undefined) return own === size;
    return own.picked === size.picked && own.count === size.count && own.suppressed >= size.suppressed;
  }

  /** Writes what the next run is asked, a request for each row that is picked. */
  ask(requests: readonly PickRequest[]): void {
    const { data, shape: [, width] } = this.#suppressed;
    for (const [row, { suppressed }] of requests.entries()) {
      for (let i = 0; i < width; i++) data[row * width + i] = suppressed[i] ?? this.#eot;
    }
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

/** Cuts the outputs into rows. */
function rowsOf(
  rows: number,
  { tokens, logits, sums, special }: {
    tokens: Int32Array;
    logits: Float32Array;
    sums: Float32Array;
    special: Float32Array;
  },
): TokenPicks[] {
  const row = <A extends Int32Array | Float32Array>(values: A, i: number) => {
    const width = values.length / rows;
    return values.subarray(i * width, (i + 1) * width) as A;
  };
  return Array.from({ length: rows }, (_, i) => ({
    tokens: row(tokens, i),
    logits: row(logits, i),
    get logSumExp() {
      // Where nothing is allowed the graph divides nothing by nothing.
      return this.logits[0] > -Infinity ? sums[i] : -Infinity;
    },
    special: row(special, i),
  }));
}

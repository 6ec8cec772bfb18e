/**
 * Cross-attention over keys and values of 8 bits: a quarter of float32's memory to keep and, from one window on what
 * bounds a step, to read. A channel of a window has a scale and a middle of its own.
 *
 * | the encoder's outputs | shape |
 * |---|---|
 * | `cross_key_<layer>` | int8 `(batch, heads, size, positions)` |
 * | `cross_key_scale_<layer>` | `(batch, heads, 1, size)`: what the queries are multiplied by |
 * | `cross_key_sum_<layer>` | `(batch, heads, 1, positions)`: what the products are too large by |
 * | `cross_value_<layer>` | int8 `(batch, heads, positions, size)` |
 * | `cross_value_scale_<layer>`, `cross_value_middle_<layer>` | `(batch, heads, 1, size)` |
 *
 * `MatMulInteger` multiplies unsigned by signed bytes, one row by a kernel that reads the keys as they lie. Without VNNI
 * instructions it adds pairs of products in 16 bits: one factor of two keeps to 7 bits, so that nothing saturates.
 */
import type { TensorSpec } from "../../ffi/graph.ts";
import { DATA_TYPES, type GraphBuilder } from "./onnx_writer.ts";

/**
 * The largest bytes. Queries and values have 7 bits: twice the product of the largest is below 2^15. Which of two factors
 * has them matters little: with base, the divergence of the tokens' probabilities from those over float32 is 0.9e-3 (int8
 * products alone: 2.5e-3), 1.0e-3 with 7 bits for the keys instead, and 1.3e-3 with 7 for the shares too.
 */
const LARGEST = { key: 127, query: 63, share: 255, value: 63 } as const;

/** Queries are signed: this byte stands for zero. */
const QUERY_ZERO = 64;

/** A magnitude that nothing is divided by less than. */
const SMALLEST = 1e-12;

/** The sizes of one layer. */
interface LayerSizes {
  readonly layer: number;
  readonly heads: number;
  readonly size: number;
}

/** Lets the keys and values of one layer, `(batch, positions, heads * size)`, leave the encoder as bytes. */
export function byteKeysAndValues(
  graph: GraphBuilder,
  { keys, values, layer, heads, size }: LayerSizes & { readonly keys: string; readonly values: string },
): void {
  const split = graph.shape(0, -1, heads, size), channels = graph.shape(0, heads, 1, size);
  const bytes = (x: string, perm: readonly number[], name: string, most: number) => {
    const reduce = (operator: string) => graph.node(operator, [x, graph.shape(1)], { keepdims: 1 });
    const largest = reduce("ReduceMax"), smallest = reduce("ReduceMin");
    const middle = graph.node("Mul", [graph.node("Add", [largest, smallest]), number(graph, 1 / 2)]);
    const range = graph.node("Max", [graph.node("Sub", [largest, smallest]), number(graph, SMALLEST)]);
    const step = graph.node("Mul", [range, number(graph, 1 / (2 * most))]);
    const steps = graph.node("Div", [graph.node("Sub", [x, middle]), step]);
    const quantized = graph.node("QuantizeLinear", [steps, number(graph, 1), byte(graph, 0, "int8")]);
    graph.node("Transpose", [graph.node("Reshape", [quantized, split])], { perm }, [name]);
    return { middle, step };
  };
  const leave = (name: string, x: string, factor: number) => {
    graph.node("Mul", [graph.node("Reshape", [x, channels]), number(graph, factor)], {}, [name]);
  };

  // What is the same for all keys of a channel adds the same to all scores of a query, which a softmax does not see.
  const key = bytes(keys, [0, 2, 3, 1], `cross_key_${layer}`, LARGEST.key);
  leave(`cross_key_scale_${layer}`, key.step, size ** -0.5 / LARGEST.query);
  const zeros = graph.cast(
    graph.constant(new Float32Array(size).fill(QUERY_ZERO), [1, size]),
    "float32",
    "uint8",
  );
  const sums = graph.node("MatMulInteger", [zeros, `cross_key_${layer}`]);
  graph.node("Cast", [sums], { to: DATA_TYPES.float32 }, [`cross_key_sum_${layer}`]);

  const value = bytes(values, [0, 2, 1, 3], `cross_value_${layer}`, LARGEST.value);
  leave(`cross_value_scale_${layer}`, value.step, 1 / LARGEST.share);
  leave(`cross_value_middle_${layer}`, value.middle, 1);
  for (const { name, type, shape } of tensors({ layer, heads, size }, "batch", "positions")) {
    graph.output(name, type, shape);
  }
}

/** Declares what the decoder reads of one layer. */
export function declareBytes(graph: GraphBuilder, sizes: LayerSizes): void {
  for (const { name, type, shape } of tensors(sizes, "windows", "audio_positions")) {
    graph.input(name, type, shape);
  }
}

/** The two products of attention, over bytes. */
export const byteAttention = {
  /** Scores of queries `(windows, heads, queries, size)`, by position. */
  scores(graph: GraphBuilder, query: string, layer: number): string {
    const scaled = graph.node("Mul", [query, `cross_key_scale_${layer}`]);
    const magnitude = graph.node("Max", [
      largest(graph, graph.node("Abs", [scaled])),
      number(graph, SMALLEST),
    ]);
    const queries = graph.node("QuantizeLinear", [
      graph.node("Div", [scaled, magnitude]),
      number(graph, 1 / LARGEST.query),
      byte(graph, QUERY_ZERO, "uint8"),
    ]);
    // Another zero than 0 would keep the products from the kernel for one row, so it is taken off afterwards.
    const centred = graph.node("Sub", [
      product(graph, queries, `cross_key_${layer}`),
      `cross_key_sum_${layer}`,
    ]);
    return graph.node("Mul", [centred, magnitude]);
  },

  /** Values by the shares that the queries give them, in the shape of the queries. */
  values(graph: GraphBuilder, shares: string, layer: number): string {
    const greatest = largest(graph, shares);
    const parts = graph.node("QuantizeLinear", [
      graph.node("Div", [shares, greatest]),
      number(graph, 1 / LARGEST.share),
      byte(graph, 0, "uint8"),
    ]);
    const scale = graph.node("Mul", [greatest, `cross_value_scale_${layer}`]);
    const attended = graph.node("Mul", [product(graph, parts, `cross_value_${layer}`), scale]);
    return graph.node("Add", [attended, `cross_value_middle_${layer}`]);
  },
};

function largest(graph: GraphBuilder, x: string): string {
  return graph.node("ReduceMax", [x, graph.shape(-1)], { keepdims: 1 });
}

function product(graph: GraphBuilder, x: string, bytes: string): string {
  return graph.node("Cast", [graph.node("MatMulInteger", [x, bytes])], { to: DATA_TYPES.float32 });
}

/** The tensors of one layer. */
function tensors({ layer, heads, size }: LayerSizes, batch: string, positions: string): TensorSpec[] {
  const channels = [batch, heads, 1, size];
  return [
    { name: `cross_key_${layer}`, type: "int8", shape: [batch, heads, size, positions] },
    { name: `cross_key_scale_${layer}`, type: "float32", shape: channels },
    { name: `cross_key_sum_${layer}`, type: "float32", shape: [batch, heads, 1, positions] },
    { name: `cross_value_${layer}`, type: "int8", shape: [batch, heads, positions, size] },
    { name: `cross_value_scale_${layer}`, type: "float32", shape: channels },
    { name: `cross_value_middle_${layer}`, type: "float32", shape: channels },
  ];
}

function number(graph: GraphBuilder, value: number): string {
  return graph.constant(Float32Array.of(value), []);
}

function byte(graph: GraphBuilder, value: number, type: "int8" | "uint8"): string {
  return graph.cast(number(graph, value), "float32", type);
}

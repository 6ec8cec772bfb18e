/**
 * Products with weights of 8 bits. The weights are quantised by ONNX Runtime itself: the nodes written here over
 * constants are folded when the session is created, or run before it, so JavaScript computes no value and the graph
 * holds none.
 */
import type { ConstantSpec, GraphBuilder } from "../onnx_writer.ts";

/**
 * How the product with the weight of a linear layer is computed.
 *
 * | kind | weights | what they are multiplied with |
 * |---|---|---|
 * | `float` | as the model computes | as it is |
 * | `int8`, `int7`, `uint8` | a scale a column | unsigned 8 bits with one scale for all rows |
 * | `int8-rows`, … | the same | every row divided by its largest magnitude first, so that none loses its bits to another |
 * | `int8-apart`, … | the same | every row by a scale of its own alone: it gets the same alone and in company |
 * | `blocks` | unsigned, a scale for every 128 values of a column | 8 bits with a scale a block |
 *
 * Processors without VNNI instructions add two products of unsigned and signed bytes in 16 bits, where they saturate:
 * there `int8` is wrong, and `int7` (weights to ±63), `uint8` and `blocks` are exact.
 */
export type LinearKind = "float" | "blocks" | `${ByteWeights}${"" | "-rows" | "-apart"}`;

type ByteWeights = "int8" | "int7" | "uint8";

/** How weights become bytes: the largest magnitude, and what is added to make them unsigned. */
const BYTE_WEIGHTS = {
  int8: { largest: 127, zero: 0, byte: "int8" },
  int7: { largest: 63, zero: 0, byte: "int8" },
  uint8: { largest: 127, zero: 128, byte: "uint8" },
} as const satisfies Record<ByteWeights, { largest: number; zero: number; byte: "int8" | "uint8" }>;

/** The numbers of values that may share a scale in `MatMulNBits`, the preferred first. */
const BLOCK_SIZES = [128, 64, 32, 16];

/** A magnitude that nothing is divided by less than: a row or a column of zeros stays one. */
const SMALLEST = 1e-12;

/** The weight of a linear layer in both directions; only that which is used costs anything. */
export interface LinearWeight {
  /** Values a row that goes in has. */
  readonly inputs: number;
  /** Values a row that comes out has. */
  readonly outputs: number;
  /** The name of the weight as float32, `(inputs, outputs)`. */
  columns(): string;
  /** The name of the weight as float32, `(outputs, inputs)`. */
  rows(): string;
  /** Adds constants that `derive` makes of the weight. Default: by its nodes, in the graph itself. */
  derived?(specs: readonly ConstantSpec[], derive: DeriveFromWeight): readonly string[];
}

/** Adds nodes over a weight to a graph; gives the names of their values. */
export type DeriveFromWeight = (graph: GraphBuilder, weight: LinearWeight) => readonly string[];

/** Adds the product of `x`, float32 `(…, inputs)`, with a weight. */
export function quantizedProduct(
  graph: GraphBuilder,
  kind: LinearKind,
  x: string,
  weight: LinearWeight,
): string {
  if (kind === "float") return graph.node("MatMul", [x, weight.columns()]);
  if (kind === "blocks") return blockProduct(graph, x, weight);
  const [type, rows] = kind.split("-") as [ByteWeights, ("rows" | "apart")?];
  if (rows === "apart") return apartProduct(graph, x, weight, type);
  if (rows === undefined) return byteProduct(graph, x, weight, type);
  const magnitude = largestMagnitude(graph, x, -1, { keepdims: 1 });
  const product = byteProduct(graph, graph.node("Div", [x, magnitude]), weight, type);
  return graph.node("Mul", [product, magnitude]);
}

/** `MatMulIntegerToFloat`: a scale a column of the weight and a row of the other factor, whose bytes are unsigned. */
function apartProduct(graph: GraphBuilder, x: string, weight: LinearWeight, type: ByteWeights): string {
  const { bytes, scales, zeros } = quantizedColumns(graph, weight, type);
  const number = (value: number) => graph.constant(Float32Array.of(value), []);
  const largest = graph.node("ReduceMax", [graph.node("Abs", [x]), graph.shape(-1)], { keepdims: 1 });
  const magnitude = graph.node("Max", [largest, number(SMALLEST)]);
  const zero = graph.cast(number(128), "float32", "uint8");
  const step = number(1 / 127);
  const rows = graph.node("QuantizeLinear", [graph.node("Div", [x, magnitude]), step, zero]);
  const factors = [rows, bytes, step, scales, zero, zeros];
  return graph.node("Mul", [graph.node("com.microsoft:MatMulIntegerToFloat", factors), magnitude]);
}

/** `DynamicQuantizeMatMul`: a scale a column of the weight. */
function byteProduct(graph: GraphBuilder, x: string, weight: LinearWeight, type: ByteWeights): string {
  const { bytes, scales, zeros } = quantizedColumns(graph, weight, type);
  return graph.node("com.microsoft:DynamicQuantizeMatMul", [x, bytes, scales, zeros]);
}

/** `MatMulNBits`: a scale a block of a column of the weight, and the other factor quantised by blocks too. */
function blockProduct(graph: GraphBuilder, x: string, weight: LinearWeight): string {
  const { inputs, outputs } = weight;
  const size = BLOCK_SIZES.find((size) => inputs % size === 0);
  if (size === undefined) return quantizedProduct(graph, "float", x, weight);
  const count = inputs / size;
  const specs: readonly ConstantSpec[] = [
    { type: "uint8", shape: [outputs, count, size] },
    { type: "float32", shape: [outputs * count] },
  ];
  const [bytes, scales] = derived(graph, weight, specs, (graph, weight) => {
    const blocks = graph.node("Reshape", [weight.rows(), graph.shape(-1, size)]);
    const { bytes, scales } = quantizeRows(graph, blocks, outputs * count, "uint8");
    return [graph.node("Reshape", [bytes, graph.shape(outputs, count, size)]), scales];
  });
  return graph.node("com.microsoft:MatMulNBits", [x, bytes, scales], {
    K: inputs,
    N: outputs,
    bits: 8,
    block_size: size,
    // Products in 8 bits; the default multiplies in float32.
    accuracy_level: 4,
  });
}

/** What a matrix becomes: bytes, what each is to be multiplied by, and the byte that stands for zero. */
interface Quantized {
  readonly bytes: string;
  readonly scales: string;
  readonly zeros: string;
}

/**
 * Quantises the columns of a weight, as rows: where neighbours have scales of their own, `QuantizeLinear` takes fifty times
 * as long (1.14 instead of 0.02 s of base's vocabulary, and the bytes are turned round in 0.03).
 */
function quantizedColumns(graph: GraphBuilder, weight: LinearWeight, type: ByteWeights): Quantized {
  const { inputs, outputs } = weight;
  const { byte } = BYTE_WEIGHTS[type];
  const specs: readonly ConstantSpec[] = [
    { type: byte, shape: [inputs, outputs] },
    { type: "float32", shape: [outputs] },
    { type: byte, shape: [outputs] },
  ];
  const [bytes, scales, zeros] = derived(graph, weight, specs, (graph, weight) => {
    const rows = quantizeRows(graph, weight.rows(), outputs, type);
    return [graph.node("Transpose", [rows.bytes], { perm: [1, 0] }), rows.scales, rows.zeros];
  });
  return { bytes, scales, zeros };
}

function derived(
  graph: GraphBuilder,
  weight: LinearWeight,
  specs: readonly ConstantSpec[],
  derive: DeriveFromWeight,
): readonly string[] {
  return weight.derived?.(specs, derive) ?? derive(graph, weight);
}

/** Quantises a matrix with a scale for each of its `count` rows. */
function quantizeRows(graph: GraphBuilder, matrix: string, count: number, type: ByteWeights): Quantized {
  const { largest, zero, byte } = BYTE_WEIGHTS[type];
  const magnitude = largestMagnitude(graph, matrix, 1, { keepdims: 0 });
  const scales = graph.node("Div", [magnitude, graph.constant(Float32Array.of(largest), [])]);
  const zeros = graph.cast(graph.constant(new Float32Array(count).fill(zero)), "float32", byte);
  return { bytes: graph.node("QuantizeLinear", [matrix, scales, zeros], { axis: 0 }), scales, zeros };
}

function largestMagnitude(
  graph: GraphBuilder,
  matrix: string,
  axis: number,
  attributes: { readonly keepdims: 0 | 1 },
): string {
  const axes = graph.shape(axis);
  const largest = graph.node("ReduceMax", [matrix, axes], attributes);
  const smallest = graph.node("ReduceMin", [matrix, axes], attributes);
  const least = graph.constant(Float32Array.of(SMALLEST), []);
  return graph.node("Max", [largest, graph.node("Neg", [smallest]), least]);
}

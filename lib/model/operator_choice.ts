/** The operators of int8 models on this processor. */
import { allocate, specOf } from "../../ffi/graph.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import { GraphBuilder } from "./onnx_writer.ts";
import { type ByteProducts, CROSS, OPERATORS } from "./operator_table.ts";
import { FLOAT32, type Precision } from "./precision.ts";
import { type LinearKind, quantizedProduct } from "./weights/quantized_linear.ts";

const found = new WeakMap<OrtLibrary, Promise<ByteProducts>>();

/** The precision of an int8 model on such a CPU: what is no product with a weight stays float32. */
export function int8With(products: ByteProducts): Precision {
  return { ...FLOAT32, linear: OPERATORS[products], cross: CROSS };
}

/** The precision of an int8 model on this CPU. */
export async function int8Precision(library: OrtLibrary): Promise<Precision> {
  return int8With(await byteProductsOf(library));
}

/** What products of bytes are like on this CPU: found out once a library. */
export function byteProductsOf(library: OrtLibrary): Promise<ByteProducts> {
  let products = found.get(library);
  if (products === undefined) found.set(library, products = byteProducts(library));
  return products;
}

/**
 * Finds out what products of bytes are like by the largest there are. Asking the processor for its features takes
 * permissions and differs by system; and what counts is what the library makes of them.
 */
async function byteProducts(library: OrtLibrary): Promise<ByteProducts> {
  const [product] = await multiplyOnes(library, "int8", 1);
  return Math.abs(product - WIDTH) < WIDTH / 100 ? "exact" : "saturating";
}

/** Values that are multiplied and added for one. */
const WIDTH = 64;

/** The product of rows of ones with columns of ones, which is their number of values where nothing saturates. */
export async function multiplyOnes(
  library: OrtLibrary,
  kind: LinearKind,
  rows: number,
): Promise<Float32Array> {
  const graph = new GraphBuilder();
  graph.input("x", "float32", ["rows", WIDTH]);
  const ones = () => graph.constant(new Float32Array(WIDTH * WIDTH).fill(1), [WIDTH, WIDTH]);
  const weight = { inputs: WIDTH, outputs: WIDTH, columns: ones, rows: ones };
  const product = quantizedProduct(graph, kind, "x", weight);
  graph.node("Identity", [product], {}, ["y"]);
  graph.output("y", "float32", ["rows", WIDTH]);
  const { bytes, inputs, outputs } = graph.finish("byte products");
  using session = await Session.create(library, { bytes, inputs, outputs }, { provider: "cpu", threads: 1 });
  using x = allocate(library, specOf(inputs, "x", "float32"), { rows });
  using y = allocate(library, specOf(outputs, "y", "float32"), { rows });
  x.data.fill(1);
  using binding = session.bind().output("y", y);
  binding.input("x", x);
  await session.run(binding);
  return y.data.slice();
}

/**
 * One tiny run on a device, of what the model's graphs are made of: a device may be found, a session be created, and the
 * first kernel still fail.
 */
import { allocate, specOf } from "../../ffi/graph.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import type { SessionPlace } from "../../ffi/session_options.ts";
import { OrtError } from "../../ffi/errors/ort_error.ts";
import { DATA_TYPES, GraphBuilder } from "../model/onnx_writer.ts";
import type { FloatType } from "../model/precision.ts";

/** Ones are convolved with ones, and multiplied with ones: channels times the kernel's width times what is left. */
const CHANNELS = 16, FRAMES = 8, KERNEL = 3;
const LEFT = FRAMES - KERNEL + 1, COLUMNS = 4;
const EXPECTED = CHANNELS * KERNEL * LEFT;

/**
 * Runs a convolution and a product on a device, the CPU aside: it always works.
 *
 * @throws {OrtError} when that fails, or comes to something else than it should.
 */
export async function tryDevice(
  library: OrtLibrary,
  place: SessionPlace,
  signal?: AbortSignal,
): Promise<void> {
  const { provider } = place;
  if (provider === "cpu") return;
  const { bytes, inputs, outputs } = trialGraph(provider === "cuda" ? "float16" : "float32");
  using session = await Session.create(library, { bytes, inputs, outputs }, { ...place, threads: 1, signal });
  using x = allocate(library, specOf(inputs, "x", "float32"));
  using y = allocate(library, specOf(outputs, "y", "float32"));
  x.data.fill(1);
  using binding = session.bind().output("y", y);
  binding.constant("x", x);
  await session.run(binding, signal);
  const wrong = y.data.find((value) => value !== EXPECTED);
  if (wrong === undefined) return;
  throw new OrtError(`the device computes ${wrong} where it should ${EXPECTED}`, {
    code: "EP_FAIL",
    api: "RunWithBinding",
  });
}

function trialGraph(type: FloatType) {
  const graph = new GraphBuilder();
  const ones = (...shape: number[]) => {
    const size = shape.reduce((product, length) => product * length);
    return graph.cast(graph.constant(new Float32Array(size).fill(1), shape), "float32", type);
  };
  graph.input("x", "float32", [1, CHANNELS, FRAMES]);
  const x = graph.cast("x", "float32", type);
  const convolved = graph.node("Conv", [x, ones(CHANNELS, CHANNELS, KERNEL)], { kernel_shape: [KERNEL] });
  const product = graph.node("MatMul", [convolved, ones(LEFT, COLUMNS)]);
  graph.node("Cast", [product], { to: DATA_TYPES.float32 }, ["y"]);
  graph.output("y", "float32", [1, CHANNELS, COLUMNS]);
  return graph.finish("trial");
}

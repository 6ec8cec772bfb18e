/** ONNX Runtime's settings for writing a prepared model and for reading it. */
import type { GraphName } from "../../model/model_sessions.ts";
import { externalFolder } from "../external_data.ts";
import type { CpuPrecision } from "../model_precision.ts";

/**
 * Which graphs' kernels pack their weights. Over the 1500 positions of a window an int8 encoder is as fast without
 * (features are equal, bit for bit), which saves the second copy that is packed; a decoder's few rows are not, and
 * float32 adds in another order then.
 */
const PACKS: Readonly<Record<CpuPrecision, Readonly<Record<GraphName, boolean>>>> = {
  float32: { encoder: true, decoder: true },
  int8: { encoder: false, decoder: true },
};

/**
 * Up to which size in bytes weights lie in the graph: for every other one the file is looked for, opened and mapped. Base
 * has some 250 scales and biases of 2 to 8 KB, and lets an encoder be made in 20 instead of 26 ms so.
 */
const INLINE = 1 << 14;

/** Settings of a session that is created for its optimised graph to be written. */
export function writingConfig(
  weights: string,
  precision: CpuPrecision,
  graph: GraphName,
): Record<string, string> {
  return {
    "session.optimized_model_external_initializers_file_name": weights,
    "session.optimized_model_external_initializers_min_size_in_bytes": `${INLINE}`,
    "session.save_external_prepacked_constant_initializers": PACKS[precision][graph] ? "1" : "0",
  };
}

/** Settings of a session that is created from a prepared model. */
export function sessionConfig(
  folder: string,
  precision: CpuPrecision,
  graph: GraphName,
): Record<string, string> {
  return {
    ...externalFolder(folder),
    "session.disable_prepacking": PACKS[precision][graph] ? "0" : "1",
  };
}

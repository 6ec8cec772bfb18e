/** In which numbers a model computes: what was asked for, and what that means on a device. */
import type { ExecutionProvider } from "../../ffi/execution_provider.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { int8Precision } from "../model/operator_choice.ts";
import { FLOAT32, type Precision } from "../model/precision.ts";

/** In which numbers a model multiplies by its weights. */
export type ModelPrecision = "float32" | "int8";

/** What `loadModel` may be asked for: `"auto"` leaves it to the model and its device. */
export type PrecisionOption = ModelPrecision | "auto";

/** Every one of them. */
export const PRECISIONS: readonly PrecisionOption[] = ["float32", "int8", "auto"];

/**
 * From which width of the audio encoder on `"auto"` is int8: base's. Word error rates of 1292 words (percent, float32 and
 * int8, on a CPU with AVX2 alone): base 4.57 and 4.18, tiny.en 5.96 and 6.35, which is more than the 0.2 allowed.
 */
const NARROWEST_IN_INT8 = 512;

/** Gives the precision of a model on a device. */
export function precisionOn(
  provider: ExecutionProvider,
  { nAudioState }: Pick<ModelDimensions, "nAudioState">,
  asked: PrecisionOption = "float32",
): ModelPrecision {
  if (asked !== "auto") return asked;
  return provider === "cpu" && nAudioState >= NARROWEST_IN_INT8 ? "int8" : "float32";
}

/** Gives the types and operators of a model's graphs. */
export async function graphPrecision(library: OrtLibrary, precision: ModelPrecision): Promise<Precision> {
  return precision === "int8" ? await int8Precision(library) : FLOAT32;
}

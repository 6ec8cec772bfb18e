/** In which numbers a model computes: what was asked for, and what that means on a device. */
import type { ExecutionProvider } from "../../ffi/execution_provider.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { int8Precision } from "../model/operator_choice.ts";
import { FLOAT16, FLOAT32, type Precision } from "../model/precision.ts";

/** In which numbers a model multiplies by its weights. */
export type ModelPrecision = "float32" | "float16" | "int8";

/** In which of them one does on the CPU. */
export type CpuPrecision = Exclude<ModelPrecision, "float16">;

/** What `loadModel` may be asked for: `"auto"` leaves it to the model and its device. */
export type PrecisionOption = ModelPrecision | "auto";

/** Every one of them. */
export const PRECISIONS: readonly PrecisionOption[] = ["float32", "float16", "int8", "auto"];

/** What a model for the CPU may be asked to be prepared in. */
export const CPU_PRECISIONS: readonly (CpuPrecision | "auto")[] = ["float32", "int8", "auto"];

/**
 * From which width of the audio encoder on `"auto"` is int8: base's. Word error rates of 1292 words (percent, float32 and
 * int8, on a CPU with AVX2 alone): base 4.57 and 4.18, tiny.en 5.96 and 6.35, which is more than the 0.2 allowed.
 */
const NARROWEST_IN_INT8 = 512;

/** Gives the precision of a model on a device: without being asked for one, the checkpoint's own on CUDA. */
export function precisionOn(
  provider: ExecutionProvider,
  dims: Pick<ModelDimensions, "nAudioState">,
  asked?: PrecisionOption,
): ModelPrecision {
  if (provider === "cpu") return cpuPrecision(dims, asked);
  if (asked !== undefined && asked !== "auto") return asked;
  return provider === "cuda" ? "float16" : "float32";
}

/** The same on the CPU, which computes in float32 what is kept in float16. */
export function cpuPrecision(
  { nAudioState }: Pick<ModelDimensions, "nAudioState">,
  asked: PrecisionOption = "float32",
): CpuPrecision {
  if (asked === "auto") return nAudioState >= NARROWEST_IN_INT8 ? "int8" : "float32";
  return asked === "float16" ? "float32" : asked;
}

/** Gives the types and operators of a model's graphs. */
export async function graphPrecision(
  library: OrtLibrary,
  precision: ModelPrecision,
  provider: ExecutionProvider = "cpu",
): Promise<Precision> {
  if (precision === "int8") return await int8Precision(library);
  if (precision === "float16") return FLOAT16;
  // CUDA's attention over a cache is one of 16 bits.
  return provider === "cuda" ? { ...FLOAT32, kv: "float16" } : FLOAT32;
}

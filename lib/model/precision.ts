/** In which types a model computes and remembers. The graphs are written for it; what is allocated follows them. */
import type { ElementType } from "../../ffi/value.ts";
import type { LinearKind } from "./weights/quantized_linear.ts";

/** Types of floating-point numbers that a graph may be written for. */
const FLOAT_TYPES = ["float32", "float16"] as const satisfies readonly ElementType[];

/** A type of floating-point numbers. */
export type FloatType = typeof FLOAT_TYPES[number];

/** Types that keys and values may be remembered in. */
export const STORED_TYPES = [...FLOAT_TYPES, "int8"] as const satisfies readonly ElementType[];

/** A type that keys and values may be remembered in. */
export type StoredType = typeof STORED_TYPES[number];

/** How the products with the weights of linear layers are computed, which decides how these lie in memory. */
export interface LinearKinds {
  /** The encoder's, and the projections to the keys and values that the decoder attends to. */
  readonly encoder: LinearKind;
  /** The decoder's. */
  readonly decoder: LinearKind;
  /** The projection to the logits. */
  readonly logits: LinearKind;
}

/** The types of a model's graphs. */
export interface Precision {
  /** What is multiplied and added. Mel, logits and attention scores are float32 whatever it is. */
  readonly compute: FloatType;
  /** The linear layers. What is not `float` needs `compute` to be float32. */
  readonly linear: LinearKinds;
  /** Keys and values, of the text and, where those are not bytes, of the audio. */
  readonly kv: FloatType;
  /** Keys and values of the audio: `bytes`, with a scale a channel of a window, need `compute` to be float32. */
  readonly cross: "float" | "bytes";
}

const FLOAT_LINEAR = {
  encoder: "float",

  decoder: "float",
  logits: "float",
} as const;

/** openai/whisper's on the CPU: weights are cast to float32 when the session is created. */
export const FLOAT32: Precision = { compute: "float32", linear: FLOAT_LINEAR, kv: "float32", cross: "float" };

/** openai/whisper's on a graphics processor: weights are taken as they lie in its checkpoints. */
export const FLOAT16: Precision = { compute: "float16", linear: FLOAT_LINEAR, kv: "float16", cross: "float" };

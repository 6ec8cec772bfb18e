/** In which types a model computes and remembers. The graphs are written for it; what is allocated follows them. */
import type { ElementType } from "../../ffi/value.ts";

/** Types of floating-point numbers that a graph may be written for. */
export const FLOAT_TYPES = ["float32", "float16"] as const satisfies readonly ElementType[];

/** A type of floating-point numbers. */
export type FloatType = typeof FLOAT_TYPES[number];

/** The types of a model's graphs. */
export interface Precision {
  /** What is multiplied and added. Mel, logits and attention scores are float32 whatever it is. */
  readonly compute: FloatType;
  /** How weights lie in memory: as in the checkpoint, cast to `compute` when the session is created. */
  readonly storage: "checkpoint";
  /** Keys and values, of the text and of the audio. */
  readonly kv: FloatType;
}

/** The only one that is offered: openai/whisper's on the CPU. */
export const FLOAT32: Precision = { compute: "float32", storage: "checkpoint", kv: "float32" };

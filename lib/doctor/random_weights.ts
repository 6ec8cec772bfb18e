/** Random weights from a seed, the same on every runtime: integer operations and additions only. */
import { elementCount } from "../../ffi/value.ts";

/** Gives numbers in [0, 1), by Marsaglia's 32-bit xorshift. */
export function seededUniform(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Gives nearly normal numbers with mean 0 and deviation 1: sums of four uniform ones. */
export function seededNormal(seed: number): () => number {
  const uniform = seededUniform(seed);
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}

/** Spreads that make the tokens depend on the sound, and the best one clearly the best. */
export function weightDistribution(
  name: string,
  shape: readonly number[],
): { mean: number; deviation: number } {
  if (name.endsWith("bias")) return { mean: 0, deviation: 0.2 };
  if (shape.length === 1) return { mean: 1, deviation: 0.2 };
  if (name === "decoder.token_embedding.weight") return { mean: 0, deviation: 0.35 };
  if (name === "decoder.positional_embedding") return { mean: 0, deviation: 2 };
  if (name === "encoder.positional_embedding") return { mean: 0, deviation: 0.5 };
  const gain = /query|key|mlp/.test(name) ? 2 : 1;
  return { mean: 0, deviation: gain / Math.sqrt(elementCount(shape.slice(1))) };
}

/** Random numbers from a seed, the same on every runtime: integer operations and additions only. */

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

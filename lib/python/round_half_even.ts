/**
 * Rounding as Python's `round(x)` does it: a half goes to the even neighbour. openai/whisper rounds seek
 * positions, timestamps and beam candidates this way.
 */

/** Rounds to the nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** Numbers of several rounds or answers, made into the few that a table shows. */

/** The middle one; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot give a median: there are no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which a share of the values lies; 1 is the largest. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** How many times as much one system takes as another, over the rounds that both have. */
export interface Ratio {
  readonly min: number;
  readonly median: number;
  readonly rounds: number;
}

/**
 * Divides what the peer took by what ours took in the same round: above 1 is faster. A round shares its noise, so
 * its ratio holds better than its figures.
 *
 * @param ours By round; a round that has none is left out.
 * @returns Nothing when no round has both.
 */
export function ratioByRound(
  peer: readonly (number | undefined)[],
  ours: readonly (number | undefined)[],
): Ratio | undefined {
  const ratios = peer.flatMap((value, round) => {
    const other = ours[round];
    return value === undefined || other === undefined || other === 0 ? [] : [value / other];
  });
  if (ratios.length === 0) return undefined;
  return { min: Math.min(...ratios), median: median(ratios), rounds: ratios.length };
}

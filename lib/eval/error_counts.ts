/** Errors counted, and how sure their rate is. */
import type { AlignedPair } from "./edit_alignment.ts";

/** What is wrong in a transcript. */
export interface ErrorCounts {
  /** Words of the reference. */
  readonly total: number;
  /** Other words in their place. */
  readonly substitutions: number;
  /** Words that are missing. */
  readonly deletions: number;
  /** Words that were not said. */
  readonly insertions: number;
}

/** An interval, both ends included. */
export type Interval = readonly [low: number, high: number];

/** Counts the errors of an alignment. */
export function countErrors(pairs: readonly AlignedPair[]): ErrorCounts {
  const counts = { total: 0, substitutions: 0, deletions: 0, insertions: 0 };
  for (const { reference, hypothesis, isMatch } of pairs) {
    if (reference !== undefined) counts.total++;
    if (isMatch) continue;
    if (reference === undefined) counts.insertions++;
    else if (hypothesis === undefined) counts.deletions++;
    else counts.substitutions++;
  }
  return counts;
}

/** Adds counts up. */
export function sumErrors(counts: readonly ErrorCounts[]): ErrorCounts {
  const sum = { total: 0, substitutions: 0, deletions: 0, insertions: 0 };
  for (const each of counts) {
    for (const name of ["total", "substitutions", "deletions", "insertions"] as const) {
      sum[name] += each[name];
    }
  }
  return sum;
}

/** All errors together. */
function errorsOf({ substitutions, deletions, insertions }: ErrorCounts): number {
  return substitutions + deletions + insertions;
}

/** Errors a word that was said: 0 is perfect, and text that was made up can take it above 1. NaN where nothing was said. */
export function errorRate(counts: ErrorCounts): number {
  return counts.total === 0 ? NaN : errorsOf(counts) / counts.total;
}

/**
 * Where the error rate lies with other recordings of the kind: the percentile interval of the bootstrap (Efron, 1979),
 * with stretches of speech drawn again and again, as Bisani and Ney do with sentences (2004).
 *
 * @returns Nothing where there is one stretch, which is drawn every time, or nothing was said.
 * @param random Gives numbers in [0, 1).
 */
export function bootstrapInterval(
  stretches: readonly ErrorCounts[],
  { resamples, confidence, random }: { resamples: number; confidence: number; random: () => number },
): Interval | null {
  if (stretches.length < 2) return null;
  const rates: number[] = [];
  for (let i = 0; i < resamples; i++) {
    let errors = 0, total = 0;
    for (let j = 0; j < stretches.length; j++) {
      const drawn = stretches[Math.floor(random() * stretches.length)];
      errors += errorsOf(drawn);
      total += drawn.total;
    }
    if (total > 0) rates.push(errors / total);
  }
  if (rates.length === 0) return null;
  rates.sort((a, b) => a - b);
  const at = (part: number) =>
    rates[Math.min(rates.length - 1, Math.max(0, Math.round(part * (rates.length - 1))))];
  return [at((1 - confidence) / 2), at((1 + confidence) / 2)];
}

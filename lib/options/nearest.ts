/** Finds what a misspelt word was meant to be, for messages. Levenshtein (1966), by rows. */

/** Longer words are compared by their start, so that the time is bounded. */
const MAX_LENGTH = 64;

/**
 * Gives the candidate that takes the fewest insertions, deletions and substitutions to reach; the first of equals.
 *
 * @param most How many it may take. @default {any number}
 */
export function nearest(word: string, candidates: Iterable<string>, most = Infinity): string | undefined {
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.slice(0, MAX_LENGTH), candidate.slice(0, MAX_LENGTH));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Fewer letters than this are in many names. */
const LEAST_PART = 3;

/** Gives the candidate that a name was meant for: the nearest, unless half of the letters would be wrong, or one that has it in it. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const part = name.toLowerCase();
  return nearest(name, candidates, Math.floor((Math.min(name.length, MAX_LENGTH) - 1) / 2)) ??
    candidates.find((candidate) => part.length >= LEAST_PART && candidate.toLowerCase().includes(part));
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, above[j] + 1, row[j - 1] + 1));
    }
  }
  return row[b.length];
}

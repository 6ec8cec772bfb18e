/** Word error rate: how far a transcript is from what was said. */

/** Cuts text into words, plainly: lower case, no punctuation, a hyphen parts words, numbers stay as they are written. */
export function normaliseWords(text: string): string[] {
  const plain = text.normalize("NFC").toLowerCase()
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ");
  return plain.split(" ").filter((word) => word !== "");
}

/** The fewest insertions, deletions and substitutions that make `a` into `b`. Levenshtein (1966), by rows. */
export function editDistance(a: readonly string[], b: readonly string[]): number {
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

/**
 * Errors a word that was said: 0 is perfect, and text that was made up can take it above 1.
 *
 * @throws {RangeError} when nothing was said.
 */
export function wordErrorRate(transcript: string, said: string): number {
  const words = normaliseWords(said);
  if (words.length === 0) throw new RangeError("Cannot give a word error rate: the known text has no words");
  return editDistance(normaliseWords(transcript), words) / words.length;
}

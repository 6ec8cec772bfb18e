/**
 * What a model says twice though it was said once: at the end of the sound it may begin anew what it has just written.
 * Such words have no sound of their own, and so hardly any time.
 */
import { type HeardWord, isSameWord } from "./stable_words.ts";

/** Words that follow each other a second time by chance, at most. */
const BY_CHANCE = 2;

/** An echo takes less than this part of the time that its words took. */
const SHORTER = 0.5;

/**
 * Leaves out what a hypothesis ends with if it is, once or more, what comes right before, in less than half the time.
 *
 * @param before The words before those of the hypothesis.
 */
export function withoutEcho(words: readonly HeardWord[], before: readonly HeardWord[]): readonly HeardWord[] {
  const all = [...before, ...words];
  for (let first = Math.max(before.length, BY_CHANCE + 1); first < all.length - BY_CHANCE; first++) {
    for (let period = BY_CHANCE + 1; period <= first; period++) {
      const isEcho = all.slice(first).every((word, i) => isSameWord(word, all[first + i - period]));
      if (!isEcho) continue;
      const count = Math.min(all.length - first, period);
      const [echo, original] = [first, first - period].map((from) =>
        secondsOf(all.slice(from, from + count))
      );
      if (echo < SHORTER * original) return all.slice(before.length, first);
    }
  }
  return words;
}

function secondsOf(words: readonly HeardWord[]): number {
  return words.reduce((sum, { start, end }) => sum + end - start, 0);
}

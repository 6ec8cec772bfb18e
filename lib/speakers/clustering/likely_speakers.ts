/** Which speaker each window has: the one it sounds most like, unless that would change speakers for little. */
import type { Vectors } from "./dendrogram.ts";

/** How much more alike, summed over the windows of a turn, another speaker must be. */
export interface ChangeCosts {
  /** Where speech goes on. */
  readonly inSpeech: number;
  /** After a pause, where speakers mostly change. */
  readonly afterPause: number;
}

/**
 * Finds the most likely sequence of speakers (Viterbi's algorithm).
 *
 * @param follows Whether each window follows the one before without a pause.
 * @returns The speaker of each window.
 */
export function likelySpeakers(
  voices: Vectors,
  speakers: Vectors,
  follows: readonly boolean[],
  costs: ChangeCosts,
): Int32Array {
  const { size, data, weights } = voices;
  const count = weights.length, people = speakers.weights.length;
  const from = new Int32Array(count * people);
  let scores = new Float64Array(people);
  for (let i = 0; i < count; i++) {
    const cost = follows[i] ? costs.inSpeech : costs.afterPause;
    const best = scores.reduce((best, score, who) => score > scores[best] ? who : best, 0);
    const next = new Float64Array(people);
    for (let who = 0; who < people; who++) {
      const stays = scores[who] >= scores[best] - cost;
      from[i * people + who] = stays ? who : best;
      next[who] = (stays ? scores[who] : scores[best] - cost) +
        cosine(data, i * size, speakers.data, who * size, size);
    }
    scores = next;
  }
  const likely = new Int32Array(count);
  let who = scores.reduce((best, score, i) => score > scores[best] ? i : best, 0);
  for (let i = count - 1; i >= 0; i--) {
    likely[i] = who;
    who = from[i * people + who];
  }
  return likely;
}

function cosine(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += a[aFrom + i] * b[bFrom + i];
  return sum;
}

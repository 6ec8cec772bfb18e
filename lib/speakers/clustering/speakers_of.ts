/** How many speakers there are, and what each sounds like: from the vectors of voices to one a speaker. */
import type { SpeakerSettings } from "../speaker_options.ts";
import { clustersAfter, type Merge, mergeAll, type Vectors } from "./dendrogram.ts";
import { meansOf, reduced } from "./reduce.ts";

/** Clusters that are at least so alike are one speaker: `scripts/speakers/measure.ts` has the figures. */
const ONE_VOICE = 0.7;

/** Who is heard for less than this many seconds in all is not taken for a speaker: a laugh, a cough, both at once. */
const LEAST_SECONDS = 2.5;

/**
 * Finds the speakers.
 *
 * @param voices The voice in each window, of length 1, weighted by the seconds that the window stands for.
 * @returns A vector for each speaker. Fewer than are wanted where there are fewer voices.
 */
export function speakersOf(voices: Vectors, { min, max }: SpeakerSettings): Vectors {
  const few = reduced(voices);
  const merges = mergeAll(few), most = few.weights.length;
  let count = most - merges.filter(({ similarity }) => similarity >= ONE_VOICE).length;
  let speakers = longest(ofCount(few, merges, count), max);
  // Who is hardly heard is a cluster too, and goes first: more than `min` may have to be made.
  while (speakers.weights.length < min && count < most) {
    speakers = longest(ofCount(few, merges, ++count), max);
  }
  return speakers.weights.length < min ? ofCount(few, merges, Math.min(min, most)) : speakers;
}

function ofCount(few: Vectors, merges: readonly Merge[], count: number): Vectors {
  return meansOf(few, clustersAfter(merges.slice(0, few.weights.length - count), few.weights.length));
}

/** Those that are heard the longest, none that is hardly heard unless nobody is heard for long. */
function longest({ size, data, weights }: Vectors, max: number): Vectors {
  const most = Math.max(0, ...weights);
  const kept = [...weights.keys()].filter((i) => weights[i] >= Math.min(LEAST_SECONDS, most))
    .toSorted((a, b) => weights[b] - weights[a]).slice(0, max);
  return {
    size,
    data: Float32Array.from(kept.flatMap((i) => [...data.subarray(i * size, (i + 1) * size)])),
    weights: Float32Array.from(kept, (i) => weights[i]),
  };
}

/**
 * How much may have been said where nothing was heard. A text that says the same again and again matches what was heard of
 * it in many places; where the transcription lost a part, its times have a hole, and there the part belongs.
 */
import type { TimeSpan } from "../transcription/segments.ts";
import { withoutGapAfter, withoutGapBefore } from "./gaps/gaps.ts";
import type { Units } from "./match_words.ts";

/** Speakers pause for so long, in seconds. */
const LONGEST_PAUSE = 1;

/** Units that are spoken in a second, where none of them tells. */
const USUAL_PACE = 3;

/**
 * Counts the units that could have been said before each of those heard, and after the last.
 *
 * @param timed The words heard, in order.
 * @param seconds The length of the recording.
 */
export function countUnheard({ words }: Units, timed: readonly TimeSpan[], seconds: number): number[] {
  const counts = new Array<number>(words.length + 1).fill(0);
  const pace = paceOf(words, timed);
  let end = 0;
  const fill = (place: number, start: number) => {
    const hole = start - end - LONGEST_PAUSE;
    if (hole > 0) counts[place] = Math.floor(hole * pace);
  };
  for (const [place, word] of words.entries()) {
    if (word === words[place - 1]) continue;
    fill(place, withoutGapBefore(timed[word]).start);
    end = Math.max(end, withoutGapAfter(timed[word]).end);
  }
  fill(words.length, seconds);
  return counts;
}

/** Units a second, while somebody speaks. */
function paceOf(words: readonly number[], timed: readonly TimeSpan[]): number {
  const spoken = timed.reduce((sum, time) => {
    const { start, end } = withoutGapAfter(time);
    return sum + end - start;
  }, 0);
  return spoken > 0 ? words.length / spoken : USUAL_PACE;
}

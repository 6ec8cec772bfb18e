/** Which gaps of the text the transcription lost, and in how much time each is looked for. */
import type { Word } from "../../transcription/segments.ts";
import { type Gap, wholeGap, withoutGapAfter } from "./gaps.ts";
import type { HeardText } from "./judge_gaps.ts";
import type { TextWord } from "../known_text.ts";
import { FASTEST, HURRIED, leastSeconds } from "../pace.ts";

/** Seconds that the words around may have taken of a gap. */
const LENT = 0.5;

/** Where nothing is heard for so many seconds beside text that was not, speech was skipped, and it is no pause. */
const SKIPPED = 4;

/** The gaps with the time in which they are looked for. */
export interface PlacedGaps {
  readonly gaps: readonly Gap[];
  /** Those of them that the transcription lost. */
  readonly lost: readonly Gap[];
}

/**
 * Gives gaps whose text has not the time to be spoken around what was heard instead all the time between the matches; and
 * finds those that are lost: longer than a window, or where speech was skipped.
 *
 * @param seconds The length of the recording.
 * @param longest Seconds of a window at most.
 */
export function placeGaps(
  gaps: readonly Gap[],
  { words, heard, matches, misplaced }: Omit<HeardText, "pauses">,
  seconds: number,
  longest: number,
): PlacedGaps {
  const lost: Gap[] = [];
  const placed = gaps.map((gap) => {
    if (gap.first === gap.end) return gap;
    const whole = wholeGap(gap, matches, seconds);
    const isTight = !canBeSpoken(gap, words, HURRIED), isLong = gap.stop - gap.start > longest;
    const found = isTight || isLong ? whole : gap;
    if (!mayBeSpoken(whole, words)) return found;
    const isSkipped = longestHole(whole, heard, misplaced) >= SKIPPED;
    if (isSkipped || isLong) lost.push(whole);
    return found;
  });
  return { gaps: placed, lost };
}

/** Whether the words of a gap, if it has any, have the time to be spoken. */
export function mayBeSpoken(gap: Gap, words: readonly TextWord[]): boolean {
  return gap.first < gap.end && canBeSpoken(gap, words, FASTEST);
}

/** Whether the words of a gap can be spoken in its time, at so many letters a second. */
function canBeSpoken({ first, end, start, stop }: Gap, words: readonly TextWord[], pace: number): boolean {
  return leastSeconds(words.slice(first, end), pace) <= stop - start + LENT;
}

/** The longest time of a gap in which nothing was heard, in seconds. Words heard at the wrong time are heard elsewhere. */
function longestHole(
  { heardFirst, heardEnd, start, stop }: Gap,
  heard: readonly Word[],
  misplaced: ReadonlySet<number>,
): number {
  let longest = 0, reached = start;
  for (let i = heardFirst; i < heardEnd; i++) {
    if (misplaced.has(i)) continue;
    longest = Math.max(longest, heard[i].start - reached);
    reached = withoutGapAfter(heard[i]).end;
  }
  return Math.max(longest, stop - reached);
}

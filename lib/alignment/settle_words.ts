/**
 * Words beside pauses begin and end where sound does. Whisper's attention goes to the word after a pause before it is
 * spoken, or stays with the one before when nothing sounds any more: its times there are off by up to half a second.
 */
import type { TimeSpan } from "../transcription/segments.ts";
import type { WordTime } from "./timed_words.ts";

/** How far from a pause the times of the words beside it may lie, in seconds: before the pause and after it. */
const START_REACH = [0.25, 0.2] as const;
const END_REACH = [0.4, 0.2] as const;

/** What is left of a word at least, in seconds. */
const SHORTEST_WORD = 0.06;

/**
 * Moves the starts of words after pauses and the ends of those before.
 *
 * @param times In order; `undefined` for words that are not spoken.
 * @param pauses In order.
 * @param others Spoken words that are not among them, and may stand between them and a pause.
 */
export function settleWords(
  times: readonly (WordTime | undefined)[],
  pauses: readonly TimeSpan[],
  others: readonly TimeSpan[] = [],
): (WordTime | undefined)[] {
  const settled = times.map((time) => time && { ...time });
  const spoken = [
    ...settled.flatMap((word) => word ? [{ start: word.start, end: word.end, word }] : []),
    ...others.map(({ start, end }) => ({ start, end, word: undefined })),
  ].sort((a, b) => a.start - b.start);
  let next = 0;
  for (const pause of pauses) {
    while (next < spoken.length && !isAfter(spoken[next], pause)) next++;
    const before = spoken[next - 1], after = spoken[next];
    if (before?.word !== undefined && isNear(before.end, pause, END_REACH)) {
      before.word.end = Math.max(pause.start, Math.min(before.end, before.start + SHORTEST_WORD));
    }
    if (after?.word !== undefined && isNear(after.start, pause, START_REACH)) {
      after.word.start = Math.min(pause.end, Math.max(after.start, after.end - SHORTEST_WORD));
    }
  }
  return settled;
}

/** Whether a word follows a pause. One that lasts through it does: it is heard too early rather than too long. */
function isAfter(word: TimeSpan, pause: TimeSpan): boolean {
  return middleOf(word) > middleOf(pause) ||
    word.start >= pause.start - START_REACH[0] && word.end >= pause.end;
}

function middleOf({ start, end }: TimeSpan): number {
  return (start + end) / 2;
}

function isNear(time: number, { start, end }: TimeSpan, [before, after]: readonly [number, number]): boolean {
  return time >= start - before && time <= end + after;
}

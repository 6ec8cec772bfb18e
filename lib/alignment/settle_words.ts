/**
 * Words beside pauses begin and end where sound does. Whisper's attention goes to the word after a pause before it is
 * spoken, or stays with the one before when nothing sounds any more: its times there are off by up to half a second.
 */
import { characterCount } from "../python/python_text.ts";
import type { TimeSpan } from "../transcription/segments.ts";
import { startsSentence, type TextWord } from "./known_text.ts";
import { middleOf, type WordTime } from "./timed_words.ts";

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
 * @param usual Seconds that words like these last: by what one lacks of them, its start may lie further behind the pause.
 * @param opens Whether each is more likely to have a pause before it than behind it.
 */
export function settleWords(
  times: readonly (WordTime | undefined)[],
  pauses: readonly TimeSpan[],
  others: readonly TimeSpan[] = [],
  usual: readonly number[] = [],
  opens: readonly boolean[] = [],
): (WordTime | undefined)[] {
  const settled = times.map((time) => time && { ...time });
  const spoken = [
    ...settled.flatMap((word, i) =>
      word ? [{ start: word.start, end: word.end, word, usual: usual[i] ?? 0, opens: opens[i] ?? false }] : []
    ),
    ...others.map(({ start, end }) => ({ start, end, word: undefined, usual: 0, opens: false })),
  ].sort((a, b) => a.start - b.start);
  let next = 0;
  for (const pause of pauses) {
    while (next < spoken.length && !isAfter(spoken[next], pause)) next++;
    const before = spoken[next - 1], after = spoken[next];
    if (before?.word !== undefined && isNear(before.end, pause, END_REACH)) {
      before.word.end = Math.max(pause.start, Math.min(before.end, before.start + SHORTEST_WORD));
    }
    const reach = [START_REACH[0], START_REACH[1] + lacking(spoken, next)] as const;
    if (after?.word !== undefined && (isNear(after.start, pause, reach) || opensBehind(after, pause))) {
      after.word.start = Math.min(pause.end, Math.max(after.start, after.end - SHORTEST_WORD));
    }
  }
  return settled;
}

/** By how much a word lasts less than usual, together with those after it that have no time at all. */
function lacking(spoken: readonly (TimeSpan & { readonly usual: number })[], first: number): number {
  let lacks = 0;
  for (let i = first; i < spoken.length; i++) {
    const { start, end, usual } = spoken[i];
    lacks += Math.max(0, usual - (end - start));
    if (end > start) break;
  }
  return lacks;
}

/** A word, or speech that is not in the text. */
interface Spoken extends TimeSpan {
  readonly opens: boolean;
}

/** Whether a word follows a pause. One that lasts through it does: it is heard too early rather than too long. */
function isAfter(word: Spoken, pause: TimeSpan): boolean {
  return middleOf(word) > middleOf(pause) || opensBehind(word, pause) ||
    word.start >= pause.start - START_REACH[0] && word.end >= pause.end;
}

/** Whether a word that starts a sentence has the time of the end of the one before: it goes on through the pause between. */
function opensBehind({ start, end, opens }: Spoken, pause: TimeSpan): boolean {
  return opens && start < pause.start && end >= pause.end;
}

function isNear(time: number, { start, end }: TimeSpan, [before, after]: readonly [number, number]): boolean {
  return time >= start - before && time <= end + after;
}

/** Which words start a sentence or a line, and have no mark behind them that asks for a pause there. */
export function opensSentence(words: readonly TextWord[]): boolean[] {
  return words.map(({ word }, i) => startsSentence(i, words) && !/\p{P}\s*$/u.test(word));
}

/** Seconds each word would last at the median pace of those that are spoken; 0 where none is. */
export function usualSeconds(
  words: readonly TextWord[],
  times: readonly (WordTime | undefined)[],
): number[] {
  const letters = words.map(({ word }) => characterCount(word.trim()));
  const paces = times
    .flatMap((time, i) => time && time.end > time.start ? [(time.end - time.start) / letters[i]] : [])
    .sort((a, b) => a - b);
  const pace = paces[paces.length >> 1] ?? 0;
  return letters.map((count) => count * pace);
}

/**
 * Speech that is not in the text, where a sentence of the text was skipped by the transcription. Forced into the sound of
 * both, the sentence would stretch over that speech; so its words are forced too, before the sentence or after it.
 */
import type { Word } from "../../transcription/segments.ts";
import type { ExtraWords } from "../aligned_segments.ts";
import { fitsDecoder, forceWords, type HeardWindow } from "./force_words.ts";
import { type Gap, isStretched } from "./gaps.ts";
import type { TextWord } from "../known_text.ts";
import { middleOf, type WordTime } from "../timed_words.ts";

/** So few words heard are no sentence. */
const FEW = 2;

type Found = ReadonlyMap<number, WordTime>;

/**
 * Finds what was heard beside the text of a gap.
 *
 * @param found The times of the window's words by their places in the text.
 * @param misplaced The words heard that are the text's, at the wrong time.
 * @returns Nothing, unless a word of the gap lasts as long as others would.
 */
export function speechBeside(
  { first, end, heardFirst, heardEnd }: Gap,
  found: Found,
  heard: readonly Word[],
  misplaced: ReadonlySet<number>,
): ExtraWords | undefined {
  let [from, to] = [heardFirst, heardEnd];
  while (from < to && misplaced.has(from)) from++;
  while (to > from && misplaced.has(to - 1)) to--;
  if (to - from <= FEW || !heard.slice(from, to).some(({ word }) => /\p{L}/u.test(word))) return undefined;
  return stretchedIn(first, end, found) > 0 ? { heardFirst: from, heardEnd: to } : undefined;
}

/**
 * What was heard in a gap before its words are spoken, and after: more than those would be misheard.
 *
 * @param spoken The times of its words.
 */
export function speechAround(
  { heardFirst, heardEnd }: Pick<Gap, "heardFirst" | "heardEnd">,
  spoken: readonly WordTime[],
  heard: readonly Word[],
): ExtraWords[] {
  const start = Math.min(...spoken.map((time) => time.start)),
    end = Math.max(...spoken.map((time) => time.end));
  let before = heardFirst, after = heardEnd;
  while (before < heardEnd && middleOf(heard[before]) < start) before++;
  while (after > before && middleOf(heard[after - 1]) > end) after--;
  return [{ heardFirst, heardEnd: before }, { heardFirst: after, heardEnd }]
    .filter((words) => words.heardEnd - words.heardFirst > FEW);
}

/** How many words of the text from `first` to `end` last too long. */
function stretchedIn(first: number, end: number, found: Found): number {
  return [...found].filter(([i, time]) => i >= first && i < end && isStretched(time)).length;
}

/**
 * Forces the words of a window together with what was heard beside those of a gap.
 *
 * @returns The new times of the same words; nothing if as many of the gap's still last too long.
 */
export async function forceBeside(
  { first, end }: Gap,
  { heardFirst, heardEnd }: ExtraWords,
  found: Found,
  { words, heard }: { readonly words: readonly TextWord[]; readonly heard: readonly Word[] },
  heardWindow: HeardWindow,
): Promise<Found | undefined> {
  const places = [...found.keys()];
  const others = heard.slice(heardFirst, heardEnd).map(({ word }): TextWord => ({
    word,
    tokens: heardWindow.tokenizer.encode(word),
    line: -1,
  }));
  let best: Found | undefined, fewest = stretchedIn(first, end, found);
  for (const border of [first, end]) {
    const at = places.filter((place) => place < border).length;
    const all = places.map((place) => words[place]).toSpliced(at, 0, ...others);
    if (!fitsDecoder(all, heardWindow.model)) return undefined;
    const times = await forceWords(all, heardWindow);
    const apart = new Map(times.toSpliced(at, others.length).map((time, i) => [places[i], time]));
    const stretched = stretchedIn(first, end, apart);
    if (stretched < fewest) [best, fewest] = [apart, stretched];
  }
  return best;
}

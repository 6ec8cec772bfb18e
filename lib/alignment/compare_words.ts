/** What of the text was heard, and what was not. */
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { Word } from "../transcription/segments.ts";
import { findGaps, type Gap, type SettledMatches, withoutMisplaced } from "./gaps/gaps.ts";
import { type TextWord, unitsOf } from "./known_text.ts";
import { matchUnits, unitsOfWords } from "./match_words.ts";
import { timesOfMatches } from "./timed_words.ts";
import { countUnheard } from "./unheard.ts";

/** The words of the text that were heard, and the gaps between them. */
export interface ComparedWords extends SettledMatches {
  readonly gaps: readonly Gap[];
}

/**
 * Compares the words of the text with those heard.
 *
 * @param seconds The length of the recording.
 */
export function compareWords(
  words: readonly TextWord[],
  heard: readonly Word[],
  tokenizer: Pick<Tokenizer, "language" | "hasSpaces">,
  seconds: number,
): ComparedWords {
  const split = (word: string) => unitsOf(word, tokenizer);
  const text = unitsOfWords(words.map(({ word }) => word), split, words.map(({ line }) => line));
  const said = unitsOfWords(heard.map(({ word }) => word), split);
  const places = matchUnits(text, said, countUnheard(said, heard, seconds));
  const settled = withoutMisplaced(timesOfMatches(places, words.length, text, { ...said, timed: heard }));
  return { ...settled, gaps: findGaps(settled.matches, heard, seconds, settled.misplaced) };
}

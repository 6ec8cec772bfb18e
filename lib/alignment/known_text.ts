/** The known text as words with their tokens, and as the plain units that are matched with what is heard. */
import { americanise } from "../eval/normalise/english.ts";
import { plainWords } from "../eval/normalise/plain.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { mergePunctuations } from "../transcription/punctuation.ts";

/** A word of the known text. */
export interface TextWord {
  /** The word as it is written, with the space before it and its punctuation. */
  readonly word: string;
  /** Its tokens. */
  readonly tokens: readonly number[];
  /** The line it stands in, from 0. */
  readonly line: number;
}

/** The marks that belong to the words beside them. */
export interface Punctuations {
  readonly prependPunctuations: string;
  readonly appendPunctuations: string;
}

/** Cuts lines into words. */
export function wordsOfLines(
  lines: readonly string[],
  tokenizer: Tokenizer,
  { prependPunctuations, appendPunctuations }: Punctuations,
): TextWord[] {
  return lines.flatMap((line, number) => {
    const tokens = tokenizer.encode(tokenizer.hasSpaces ? ` ${line}` : line);
    const split = tokenizer.splitToWordTokens(tokens);
    const timings = split.words.map((word, i) => ({
      word,
      tokens: split.wordTokens[i],
      start: 0,
      end: 0,
      probability: 0,
    }));
    if (timings.length > 0) mergePunctuations(timings, prependPunctuations, appendPunctuations);
    return timings.filter(({ word }) => word !== "").map(({ word, tokens }) => ({
      word,
      tokens,
      line: number,
    }));
  });
}

/**
 * What of a word is matched: its parts without punctuation and case, in American spelling; where words have no spaces
 * between them, its letters. None of what is no word.
 */
export function unitsOf(
  word: string,
  { language, hasSpaces }: Pick<Tokenizer, "language" | "hasSpaces">,
): string[] {
  const parts = plainWords(
    language === undefined || language === "en" ? americanise(word.toLowerCase()) : word,
  );
  return hasSpaces ? parts : parts.flatMap((part) => [...part]);
}

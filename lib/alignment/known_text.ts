/** The known text as words with their tokens, and as the plain units that are matched with what is heard. */
import { americanise } from "../eval/normalise/english.ts";
import { plainWords } from "../eval/normalise/plain.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { mergePunctuations } from "../transcription/punctuation.ts";

/** A word of the known text. */
export interface TextWord {
  /** The word as it is written, with the space before it, or the newline where its line goes on in another, and its punctuation. */
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
    const written = tokenizer.hasSpaces ? ` ${line}` : line;
    const tokens = tokenizer.encode(spelledInOne(written));
    const split = tokenizer.splitToWordTokens(tokens);
    const timings = split.words.map((word, i) => ({
      word,
      tokens: split.wordTokens[i],
      start: 0,
      end: 0,
      probability: 0,
    }));
    if (timings.length > 0) mergePunctuations(timings, prependPunctuations, appendPunctuations);
    let reached = 0;
    return timings.filter(({ word }) => word !== "").map(({ word, tokens }) => {
      const isBroken = written[reached] === "\n";
      reached += word.length;
      return { word: isBroken ? `\n${word.trimStart()}` : word, tokens, line: number };
    });
  });
}

/** A line that goes on in others, as one. */
export function spelledInOne(line: string): string {
  return line.replaceAll("\n", " ");
}

/**
 * What of a word is matched: its parts without punctuation and case, in American spelling; where words have no spaces
 * between them, its letters. None of what is no word.
 */
export function unitsOf(
  word: string,
  { language, hasSpaces }: Pick<Tokenizer, "language" | "hasSpaces">,
): string[] {
  const isEnglish = language === undefined || language === "en";
  const parts = plainWords(word).map((part) => isEnglish ? americanise(part) : part);
  return hasSpaces ? parts : parts.flatMap((part) => [...part]);
}

/** A word that ends a sentence. */
const SENTENCE_END = /[.!?。！？…]["'”’)\]]*\s*$/u;

/** Whether a word ends a sentence, by the mark behind it. */
export function endsSentence(word: string): boolean {
  return SENTENCE_END.test(word);
}

/** Whether a sentence starts at a place of the text, or the text ends there. A line is a sentence also without a full stop. */
export function startsSentence(i: number, words: readonly TextWord[]): boolean {
  return i === 0 || i === words.length || words[i].line !== words[i - 1].line ||
    endsSentence(words[i - 1].word);
}

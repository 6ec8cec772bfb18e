/**
 * How good a transcript is: word and character error rate after the field's normalisation, with confidence intervals, and
 * what was said beside what was heard.
 *
 * @example Compare a transcript with what was said
 * ```ts ignore
 * import { evaluate, formatAligned } from "jsr:@sotto/whisper/eval";
 *
 * const found = evaluate([{ reference: "Mr. Smith had £20.", hypothesis: "mister smith had twenty pounds" }]);
 * console.log(found.wordErrorRate, found.wordErrorInterval, formatAligned(found.utterances[0]));
 * ```
 *
 * @module
 */
import { outOfRange, wrongArgument } from "../errors.ts";
import {
  BOOLEAN,
  checkOptions,
  COUNT,
  isAboveZero,
  type OptionRule,
  type OptionRules,
} from "../options/check_options.ts";
import { type AlignedPair, alignWords, type EditCosts } from "./edit_alignment.ts";
import {
  bootstrapInterval,
  countErrors,
  type ErrorCounts,
  errorRate,
  type Interval,
  sumErrors,
} from "./error_counts.ts";
import { formatAligned } from "./format_aligned.ts";
import { type BasicNormalisation, normaliseBasic, splitWords } from "./normalise/basic.ts";
import { normaliseEnglish } from "./normalise/english.ts";
import { plainWords } from "./normalise/plain.ts";

export { alignWords, formatAligned, normaliseBasic, normaliseEnglish, plainWords };
export type { AlignedPair, BasicNormalisation, EditCosts, ErrorCounts, Interval };

/** The normalisations there are: openai/whisper's two, letters and numbers alone, and none. */
export const NORMALISERS = ["english", "basic", "plain", "none"] as const;

/** The name of a normalisation. */
export type Normaliser = typeof NORMALISERS[number];

/** What was said and what was heard. */
export interface UtterancePair {
  /** What was said. */
  readonly reference: string;
  /** What a transcript says. */
  readonly hypothesis: string;
}

/** How transcripts are compared. */
export interface EvaluateOptions {
  /**
   * How texts are made comparable: `"english"` and `"basic"` are openai/whisper's, `"plain"` counts letters and numbers
   * alone, `"none"` takes words as they stand; or a function.
   *
   * @default {"english"}
   */
  readonly normaliser?: Normaliser | ((text: string) => string);
  /**
   * Whether every letter is a word: for languages without spaces, with `"basic"` alone.
   *
   * @default {false}
   */
  readonly splitLetters?: boolean;
  /**
   * How often stretches of speech are drawn for the intervals.
   *
   * @default {1000}
   */
  readonly resamples?: number;
  /**
   * The share of the draws that lies in an interval.
   *
   * @default {0.95}
   */
  readonly confidence?: number;
  /**
   * A whole number that makes the draws others.
   *
   * @default {1}
   */
  readonly seed?: number;
}

/** One pair, normalised and aligned. */
export interface EvaluatedUtterance {
  /** The words said. */
  readonly reference: readonly string[];
  /** The words heard. */
  readonly hypothesis: readonly string[];
  /** What stands beside what. */
  readonly pairs: readonly AlignedPair[];
  /** Its errors. */
  readonly words: ErrorCounts;
}

/** What a comparison gives. */
export interface Evaluation {
  /** Wrong words a word that was said; NaN where nothing was said. */
  readonly wordErrorRate: number;
  /** Where it lies with other recordings of the kind; `null` where there are too few words to tell. */
  readonly wordErrorInterval: Interval | null;
  /** The errors by kind. */
  readonly words: ErrorCounts;
  /** Wrong characters a character, with one space between words. */
  readonly characterErrorRate: number;
  /** Where it lies with other recordings of the kind; `null` where there are too few words to tell. */
  readonly characterErrorInterval: Interval | null;
  /** The errors by kind. */
  readonly characters: ErrorCounts;
  /** Each pair. */
  readonly utterances: readonly EvaluatedUtterance[];
}

/** Words of a stretch that is drawn whole: about a sentence. */
const STRETCH = 20;

const FRACTION: OptionRule = [
  "a number above 0 and below 1",
  (value) => isAboveZero(value) && value as number < 1,
];

const RULES: OptionRules<EvaluateOptions> = {
  normaliser: [
    `${NORMALISERS.map((name) => `"${name}"`).join(", ")} or a function`,
    (value) => typeof value === "function" || NORMALISERS.includes(value as Normaliser),
  ],
  splitLetters: BOOLEAN,
  resamples: COUNT,
  confidence: FRACTION,
  seed: ["a whole number", Number.isSafeInteger],
};

/**
 * Compares transcripts with what was said.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong, or there is no pair.
 */
export function evaluate(pairs: readonly UtterancePair[], options: EvaluateOptions = {}): Evaluation {
  if (!Array.isArray(pairs)) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot compare transcripts: wanted a list of { reference, hypothesis }",
    );
  }
  const { resamples = 1000, confidence = 0.95, seed = 1, ...how } = checkOptions(
    "compare transcripts",
    options,
    RULES,
  );
  if (pairs.length === 0) {
    throw outOfRange("INVALID_INPUT", "Cannot compare transcripts: there is none, wanted one or more");
  }
  const wordsOf = wordSplitter(how);
  const utterances = pairs.map(({ reference, hypothesis }): EvaluatedUtterance => {
    const said = wordsOf(reference), heard = wordsOf(hypothesis);
    const aligned = alignWords(said, heard);
    return { reference: said, hypothesis: heard, pairs: aligned, words: countErrors(aligned) };
  });
  const stretches = utterances.flatMap((utterance) => stretchesOf(utterance));
  const characters = stretches.map(({ characters }) => characters);
  const words = sumErrors(utterances.map(({ words }) => words));
  const draws = () => ({ resamples, confidence, random: uniform(seed) });
  return {
    wordErrorRate: errorRate(words),
    wordErrorInterval: bootstrapInterval(stretches.map(({ words }) => words), draws()),
    words,
    characterErrorRate: errorRate(sumErrors(characters)),
    characterErrorInterval: bootstrapInterval(characters, draws()),
    characters: sumErrors(characters),
    utterances,
  };
}

/**
 * Errors a word that was said, of one transcript: 0 is perfect, and text that was made up can take it above 1.
 *
 * @throws {RangeError} when nothing was said.
 */
export function wordErrorRate(
  reference: string,
  hypothesis: string,
  options: Pick<EvaluateOptions, "normaliser" | "splitLetters"> = {},
): number {
  const wordsOf = wordSplitter(checkOptions("give a word error rate", options, RULES));
  const said = wordsOf(reference);
  if (said.length === 0) {
    throw outOfRange("INVALID_INPUT", "Cannot give a word error rate: the known text has no words");
  }
  return errorRate(countErrors(alignWords(said, wordsOf(hypothesis))));
}

function wordSplitter(
  { normaliser = "english", splitLetters = false }: Pick<EvaluateOptions, "normaliser" | "splitLetters">,
): (text: string) => string[] {
  if (splitLetters && normaliser !== "basic") {
    throw wrongArgument(
      "INVALID_OPTION",
      'Cannot compare transcripts: splitLetters needs normaliser "basic"; leave splitLetters out, or say so',
    );
  }
  if (typeof normaliser === "function") return (text) => splitWords(normaliser(text));
  switch (normaliser) {
    case "english":
      return (text) => splitWords(normaliseEnglish(text));
    case "basic":
      return (text) => splitWords(normaliseBasic(text, { splitLetters }));
    case "plain":
      return plainWords;
    case "none":
      return splitWords;
  }
}

/** Cuts an utterance where both texts agree, about every sentence: what is drawn, and whose characters are aligned. */
function stretchesOf({ reference, hypothesis, pairs }: EvaluatedUtterance) {
  const stretches: { words: ErrorCounts; characters: ErrorCounts }[] = [];
  const spell = (words: readonly string[], places: readonly (number | undefined)[]) =>
    places.filter((place) => place !== undefined).map((place) => words[place]).join(" ");
  let from = 0;
  const close = (to: number) => {
    const part = pairs.slice(from, to);
    if (part.length === 0) return;
    // The space before the first word is the stretch's.
    const space = from > 0 ? " " : "";
    const said = space + spell(reference, part.map((pair) => pair.reference));
    const heard = space + spell(hypothesis, part.map((pair) => pair.hypothesis));
    stretches.push({ words: countErrors(part), characters: countErrors(alignWords([...said], [...heard])) });
    from = to;
  };
  for (let i = 0, said = 0; i < pairs.length; i++) {
    if (said >= STRETCH && pairs[i].isMatch) {
      close(i);
      said = 0;
    }
    if (pairs[i].reference !== undefined) said++;
  }
  close(pairs.length);
  return stretches;
}

/** Numbers in [0, 1) from a seed: Marsaglia's 32-bit xorshift. */
function uniform(seed: number): () => number {
  let state = (seed | 0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * The options of decoding one window, their defaults and what they must be.
 * After `DecodingOptions` and `DecodingResult` of openai/whisper's `decoding.py`.
 */
import { wrongArgument } from "../errors.ts";
import {
  BOOLEAN,
  checkOptions,
  COUNT,
  isAboveZero,
  isIntegerList,
  isNotNegative,
  type OptionRule,
  type OptionRules,
  wholeWithin,
} from "../options/check_options.ts";
import { BOOST, type PhraseBoost } from "./phrase_boost.ts";
import type { Language } from "../tokenizer/language_types.ts";
import { LANGUAGES, nearestLanguage, toLanguageCode } from "../tokenizer/languages.ts";

/** How one window is decoded. */
export interface DecodingOptions {
  /**
   * Whether to write the language that is spoken or English.
   *
   * @default {"transcribe"}
   */
  task?: "transcribe" | "translate";
  /**
   * The language spoken: a code (`"en"`), an English name (`"english"`) or its own (`"Deutsch"`), a tag
   * (`"en-US"`), or `"auto"` to detect it.
   *
   * @default {"auto"}
   */
  language?: Language | "auto";
  /**
   * Above 0, tokens are drawn at random from the distribution flattened by this; at 0 the most probable wins.
   *
   * @default {0}
   */
  temperature?: number;
  /**
   * How many tokens to sample at most.
   *
   * @default {224}
   */
  sampleLen?: number;
  /**
   * How many independent candidates to sample, above temperature 0: 1 to 64.
   *
   * @default {1}
   */
  bestOf?: number;
  /** How many hypotheses to follow in beam search, at temperature 0: 1 to 64. Without it, decoding is greedy. */
  beamSize?: number;
  /**
   * Beam search ends with `beamSize * patience` finished candidates (arXiv 2204.05424).
   *
   * @default {1}
   */
  patience?: number;
  /**
   * The exponent of Google's length penalty, 0 to 1, in ranking candidates. Without it, the mean over the
   * length ranks.
   */
  lengthPenalty?: number;
  /** Text or tokens that went before, as context. */
  prompt?: string | readonly number[];
  /** Text or tokens the result shall continue. */
  prefix?: string | readonly number[];
  /**
   * Phrases that are expected, each with a weight by which the logits of its tokens are raised: about 4 for names that are
   * misheard otherwise, as `{ Dashwood: 4 }`. Spelt with capitals as they shall be written.
   */
  boost?: PhraseBoost;
  /**
   * Tokens never to sample; -1 stands for the symbols that are not speech. `null` or an empty list suppresses no
   * token at all, special ones neither.
   *
   * @default {[-1], or what the checkpoint says}
   */
  suppressTokens?: readonly number[] | null;
  /**
   * Whether a space or the end of the text, or what the checkpoint names instead, is forbidden as the first token.
   *
   * @default {true}
   */
  suppressBlank?: boolean;
  /**
   * Whether to sample text only.
   *
   * @default {false}
   */
  withoutTimestamps?: boolean;
  /**
   * The latest first timestamp, in seconds; `null` for no limit.
   *
   * @default {1}
   */
  maxInitialTimestamp?: number | null;
  /**
   * An integer that makes sampling repeatable.
   *
   * @default {a random one}
   */
  seed?: number;
  /**
   * Whether to repeat what openai/whisper gets wrong, where that changes the text.
   *
   * @default {false}
   */
  strictParity?: boolean;
}

/** Decoding options with their defaults filled in. */
export interface DecodingSettings extends DecodingOptions {
  /** Whether to write the language that is spoken or English. */
  task: "transcribe" | "translate";
  /** Above 0, tokens are drawn at random. */
  temperature: number;
  /** Whether a blank first token is forbidden. */
  suppressBlank: boolean;
  /** Whether to sample text only. */
  withoutTimestamps: boolean;
  /** The latest first timestamp, in seconds. */
  maxInitialTimestamp: number | null;
  /** Whether to repeat what openai/whisper gets wrong. */
  strictParity: boolean;
}

/** What decoding one window gives. */
export interface DecodingResult {
  /** The code of the language. */
  readonly language: string;
  /** The probability of each language, if the language was detected. */
  readonly languageProbs?: ReadonlyMap<string, number>;
  /** The tokens sampled, without end of text. */
  readonly tokens: readonly number[];
  /** Their text, without space around it. */
  readonly text: string;
  /** Mean log-probability of the tokens, end of text among them. */
  readonly avgLogprob: number;
  /** Probability that the window holds no speech. */
  readonly noSpeechProb: number;
  /** The temperature it was decoded at. */
  readonly temperature: number;
  /** Length of the text over its zlib-compressed length. */
  readonly compressionRatio: number;
}

/** Hypotheses that are decoded side by side at most. */
const MAX_HYPOTHESES = 64;

/** A rule for a number of hypotheses. */
const HYPOTHESES: OptionRule = [
  ...wholeWithin(1, MAX_HYPOTHESES),
  (value) =>
    typeof value === "number" && value > MAX_HYPOTHESES
      ? "each is a row of the KV cache, which takes 147 MB with large-v3"
      : "",
];

/** What each decoding option must be. */
export const DECODING_RULES: OptionRules<DecodingOptions> = {
  task: ['"transcribe" or "translate"', (value) => value === "transcribe" || value === "translate"],
  language: ['a language as "en" or "english", or "auto"', isLanguage, adviseLanguage],
  temperature: ["a number from 0 up", isNotNegative],
  sampleLen: COUNT,
  bestOf: HYPOTHESES,
  beamSize: HYPOTHESES,
  patience: ["a number above 0", isAboveZero],
  lengthPenalty: ["a number from 0 to 1", (value) => isNotNegative(value) && value as number <= 1],
  prompt: ["text or a list of tokens", (value) => typeof value === "string" || isIntegerList(value)],
  prefix: ["text or a list of tokens", (value) => typeof value === "string" || isIntegerList(value)],
  boost: BOOST,
  suppressTokens: ["a list of tokens as [-1, 50], or null", isTokenList],
  suppressBlank: BOOLEAN,
  withoutTimestamps: BOOLEAN,
  maxInitialTimestamp: [
    "a number from 0 up, or null for no limit",
    (value) => value === null || isNotNegative(value),
  ],
  seed: ["a whole number", Number.isSafeInteger],
  strictParity: BOOLEAN,
};

const DEFAULTS = {
  task: "transcribe",
  temperature: 0,
  suppressBlank: true,
  withoutTimestamps: false,
  maxInitialTimestamp: 1,
  strictParity: false,
} as const;

/**
 * Checks decoding options and fills in the defaults.
 *
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range.
 */
export function decodingSettings(options: DecodingOptions): DecodingSettings {
  const settings = { ...DEFAULTS, ...checkOptions("decode", options, DECODING_RULES) };
  const { beamSize, bestOf, patience, temperature } = settings;
  if (beamSize !== undefined && bestOf !== undefined) {
    throw wrongArgument(
      "INVALID_OPTION",
      "Cannot decode: beamSize and bestOf were both given, wanted one of them",
    );
  }
  if (bestOf !== undefined && temperature === 0) {
    throw wrongArgument(
      "INVALID_OPTION",
      "Cannot decode: bestOf was given at temperature 0, wanted a temperature above 0",
    );
  }
  if (patience !== undefined && beamSize === undefined) {
    throw wrongArgument("INVALID_OPTION", "Cannot decode: patience was given without beamSize, wanted both");
  }
  return settings;
}

/** The code of the language an option names, or `undefined` if it is to be detected. */
export function chosenLanguage(language: string | undefined): string | undefined {
  return language === undefined || language === "auto" ? undefined : toLanguageCode(language);
}

function isLanguage(value: unknown): boolean {
  return typeof value === "string" && (value === "auto" || toLanguageCode(value) !== undefined);
}

function adviseLanguage(value: unknown): string {
  if (typeof value !== "string") return "";
  const codes = LANGUAGES.map(([code]) => code).join(", ");
  return `the nearest is "${nearestLanguage(value)}", and the codes are ${codes}`;
}

function isTokenList(value: unknown): boolean {
  return value === null || isIntegerList(value);
}

/**
 * The tokenizer of a model: its text encoding and its special tokens. After `Tokenizer` and `get_tokenizer` of
 * openai/whisper's `tokenizer.py`.
 */
import { outOfRange } from "../errors.ts";
import type { ModelFamily } from "../model/types.ts";
import type { BytePairEncoding } from "./bpe.ts";
import { nearestLanguage, toLanguageCode } from "./languages.ts";
import { findNonSpeechTokens } from "./non_speech_tokens.ts";
import { specialTokenTexts } from "./special_tokens.ts";
import { gpt2Encoding, multilingualEncoding } from "./vocabulary.ts";
import { splitOnSpaces, splitOnUnicode, type WordTokens } from "./word_split.ts";

/** What the decoder is asked to write: the words spoken, or English. */
export type Task = "transcribe" | "translate";

/** What a tokenizer must know of a model. */
export type Vocabulary = Pick<
  ModelFamily,
  "nVocab" | "isMultilingual" | "specialTokens" | "secondsPerPosition"
>;

/** For what a tokenizer is loaded. */
export interface TokenizerOptions {
  /**
   * Code or name of the language, in any case. The `.en` models have none.
   *
   * @default {"en"}
   */
  readonly language?: string;
  /**
   * What the decoder is asked to write. The `.en` models can only transcribe.
   *
   * @default {"transcribe"}
   */
  readonly task?: Task;
}

/** Languages that write no spaces between words. */
const UNSPACED_LANGUAGES: readonly (string | undefined)[] = ["zh", "ja", "th", "lo", "my", "yue"];

/** Turns text into tokens and back, and knows the special tokens of one model, language and task. */
export class Tokenizer {
  /** Code of the language; `undefined` for the `.en` models. */
  readonly language: string | undefined;
  /** What the decoder is asked to write; `undefined` for the `.en` models. */
  readonly task: Task | undefined;
  /** Number of tokens, special ones included. */
  readonly vocabularySize: number;
  /** `<|endoftext|>`, the first special token: text is below it. */
  readonly eot: number;
  /** `<|startoftranscript|>` */
  readonly sot: number;
  /** `<|transcribe|>` */
  readonly transcribe: number;
  /** `<|translate|>` */
  readonly translate: number;
  /** `<|startoflm|>` */
  readonly sotLm: number;
  /** `<|startofprev|>`, before the text of earlier windows. */
  readonly sotPrev: number;
  /** `<|nospeech|>` */
  readonly noSpeech: number;
  /** `<|notimestamps|>` */
  readonly noTimestamps: number;
  /** `<|0.00|>`, the first of the timestamps. */
  readonly timestampBegin: number;
  /** The token after the last timestamp. */
  readonly timestampEnd: number;
  /** What a transcript starts with: `[sot, language, task]`, or `[sot]` for the `.en` models. */
  readonly sotSequence: readonly number[];
  /** `sotSequence`, then `noTimestamps`. */
  readonly sotSequenceIncludingNoTimestamps: readonly number[];
  /** The languages of the vocabulary. */
  readonly allLanguageCodes: readonly string[];
  /** The tokens of `allLanguageCodes`, in the same order. */
  readonly allLanguageTokens: readonly number[];
  readonly #encoding: BytePairEncoding;
  readonly #specialTexts: ReadonlyMap<number, string>;
  readonly #added: ReadonlyMap<number, string> | undefined;
  #nonSpeechTokens: readonly number[] | undefined;

  /** Makes a tokenizer of an encoding. `loadTokenizer` is the usual way to one. */
  constructor(
    encoding: BytePairEncoding,
    vocabulary: Vocabulary,
    options: { language?: string; task?: Task } = {},
  ) {
    const { language, task } = options;
    const { specialTokens } = vocabulary;
    this.#encoding = encoding;
    this.#specialTexts = specialTokenTexts(vocabulary);
    this.#added = specialTokens.added;
    this.language = language;
    this.task = task;
    this.vocabularySize = vocabulary.nVocab;
    this.eot = specialTokens.eot;
    this.sot = specialTokens.sot;
    this.transcribe = specialTokens.transcribe;
    this.translate = specialTokens.translate;
    this.sotLm = specialTokens.sotLm;
    this.sotPrev = specialTokens.sotPrev;
    this.noSpeech = specialTokens.noSpeech;
    this.noTimestamps = specialTokens.noTimestamps;
    this.timestampBegin = specialTokens.timestampBegin;
    this.timestampEnd = specialTokens.timestampEnd;
    this.allLanguageCodes = [...specialTokens.languages.keys()];
    this.allLanguageTokens = [...specialTokens.languages.values()];
    const asked = [
      ...(language === undefined ? [] : [this.languageToken]),
      ...(task === undefined ? [] : [this[task]]),
    ];
    this.sotSequence = [this.sot, ...asked];
    this.sotSequenceIncludingNoTimestamps = [...this.sotSequence, this.noTimestamps];
  }

  /**
   * The token of the language.
   *
   * @throws {RangeError} when the tokenizer has no language.
   */
  get languageToken(): number {
    if (this.language === undefined) {
      throw outOfRange("INVALID_OPTION", "Cannot give the token of the language: this tokenizer has none");
    }
    return this.allLanguageTokens[this.allLanguageCodes.indexOf(this.language)];
  }

  /** Whether the language writes spaces between words. */
  get hasSpaces(): boolean {
    return !UNSPACED_LANGUAGES.includes(this.language);
  }

  /** Whether a token is one of text. */
  isText(token: number): boolean {
    return token < this.eot || this.#added?.has(token) === true;
  }

  /** Whether a token is a timestamp. */
  isTimestamp(token: number): boolean {
    return token >= this.timestampBegin && token < this.timestampEnd;
  }

  /** The tokens that never are speech, in ascending order: what `suppressTokens` calls -1. */
  get nonSpeechTokens(): readonly number[] {
    return this.#nonSpeechTokens ??= findNonSpeechTokens((text) => this.encode(text));
  }

  /**
   * Encodes text. A lone surrogate counts as U+FFFD.
   *
   * Differs from whisper: the text of a special token, as `<|endoftext|>`, is text like any other; there it is
   * a ValueError.
   */
  encode(text: string): number[] {
    return this.#encoding.encode(text);
  }

  /**
   * Decodes tokens without their timestamps. Other special tokens are written as `<|endoftext|>`, and bytes
   * that are not UTF-8 as U+FFFD.
   *
   * @throws {RangeError} when a token is not in the vocabulary.
   */
  decode(tokens: Iterable<number>): string {
    return this.decodeWithTimestamps([...tokens].filter((token) => !this.isTimestamp(token)));
  }

  /**
   * Decodes tokens, with timestamps as `<|1.08|>`.
   *
   * @throws {RangeError} when a token is not in the vocabulary.
   */
  decodeWithTimestamps(tokens: Iterable<number>): string {
    let text = "";
    let textTokens: number[] = [];
    for (const token of tokens) {
      const special = this.#specialTexts.get(token);
      if (special === undefined) {
        textTokens.push(token);
      } else {
        text += this.#encoding.decode(textTokens) + special;
        textTokens = [];
      }
    }
    return text + this.#encoding.decode(textTokens);
  }

  /** Splits tokens into words: at spaces and punctuation, or at every character in languages without spaces. */
  splitToWordTokens(tokens: readonly number[]): WordTokens {
    const decode = (tokens: readonly number[]) => this.decodeWithTimestamps(tokens);
    return this.hasSpaces ? splitOnSpaces(tokens, decode, this.eot) : splitOnUnicode(tokens, decode);
  }
}

/**
 * Loads the tokenizer of a model for a language and a task. Its vocabulary is imported once.
 *
 * @throws {RangeError} when the vocabulary does not have the language, or the task is unknown.
 */
export async function loadTokenizer(
  vocabulary: Vocabulary,
  options: TokenizerOptions = {},
): Promise<Tokenizer> {
  const { language = "en", task = "transcribe" } = options;
  const code = checkLanguage(language, [...vocabulary.specialTokens.languages.keys()]);
  if (task !== "transcribe" && task !== "translate") {
    throw outOfRange("INVALID_OPTION", `Cannot use task "${task}": it must be "transcribe" or "translate"`);
  }
  return vocabulary.isMultilingual
    ? new Tokenizer(await multilingualEncoding(), vocabulary, { language: code, task })
    : new Tokenizer(await gpt2Encoding(), vocabulary);
}

/** Gives the code of a language that the vocabulary must have. */
function checkLanguage(language: string, languageCodes: readonly string[]): string {
  const code = toLanguageCode(language);
  if (code === undefined) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot use language "${language}": it is not known, and the nearest one is "${
        nearestLanguage(language)
      }"`,
    );
  }
  if (!languageCodes.includes(code)) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot use language "${language}": this model has the first ${languageCodes.length} languages only, and large-v3 the first with "${code}"`,
    );
  }
  return code;
}

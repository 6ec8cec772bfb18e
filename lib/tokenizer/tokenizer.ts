/**
 * The tokenizer of a model: its text encoding and its special tokens. After `Tokenizer` and `get_tokenizer` of
 * openai/whisper's `tokenizer.py`.
 */
import { outOfRange } from "../errors.ts";
import type { BytePairEncoding } from "./bpe.ts";
import { LANGUAGES, nearestLanguage, toLanguageCode } from "./languages.ts";
import { findNonSpeechTokens } from "./non_speech_tokens.ts";
import { specialTokenTexts } from "./special_tokens.ts";
import { gpt2Encoding, multilingualEncoding } from "./vocabulary.ts";
import { splitOnSpaces, splitOnUnicode, type WordTokens } from "./word_split.ts";

/** What the decoder is asked to write: the words spoken, or English. */
export type Task = "transcribe" | "translate";

/** Which tokenizer to load. */
export interface TokenizerOptions {
  /** Whether the vocabulary is the multilingual one, or that of the `.en` models. */
  readonly multilingual: boolean;
  /**
   * Languages of the vocabulary: 99, or 100 from large-v3 on.
   *
   * @default {99}
   */
  readonly numLanguages?: number;
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
  /** `<|0.00|>`, the first of the timestamps, which are the last tokens. */
  readonly timestampBegin: number;
  /** What a transcript starts with: `[sot, language, task]`, or `[sot]` for the `.en` models. */
  readonly sotSequence: readonly number[];
  /** `sotSequence`, then `noTimestamps`. */
  readonly sotSequenceIncludingNoTimestamps: readonly number[];
  /** The languages of the vocabulary. */
  readonly allLanguageCodes: readonly string[];
  /** The tokens of `allLanguageCodes`, in the same order. */
  readonly allLanguageTokens: readonly number[];
  readonly #encoding: BytePairEncoding;
  readonly #specialTexts: readonly string[];
  #nonSpeechTokens: readonly number[] | undefined;

  /** Makes a tokenizer of an encoding. `loadTokenizer` is the usual way to one. */
  constructor(
    encoding: BytePairEncoding,
    options: { languageCodes: readonly string[]; language?: string; task?: Task },
  ) {
    const { languageCodes, language, task } = options;
    const specialTexts = specialTokenTexts(languageCodes);
    const special = (name: string) => encoding.size + specialTexts.indexOf(`<|${name}|>`);
    this.#encoding = encoding;
    this.#specialTexts = specialTexts;
    this.language = language;
    this.task = task;
    this.vocabularySize = encoding.size + specialTexts.length;
    this.eot = special("endoftext");
    this.sot = special("startoftranscript");
    this.transcribe = special("transcribe");
    this.translate = special("translate");
    this.sotLm = special("startoflm");
    this.sotPrev = special("startofprev");
    this.noSpeech = special("nospeech");
    this.noTimestamps = special("notimestamps");
    this.timestampBegin = special("0.00");
    this.allLanguageCodes = languageCodes;
    this.allLanguageTokens = languageCodes.map(special);
    this.sotSequence = [this.sot, ...[language, task].filter((name) => name !== undefined).map(special)];
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
    return this.decodeWithTimestamps([...tokens].filter((token) => token < this.timestampBegin));
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
      const special = this.#specialTexts[token - this.eot];
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
    return UNSPACED_LANGUAGES.includes(this.language)
      ? splitOnUnicode(tokens, decode)
      : splitOnSpaces(tokens, decode, this.eot);
  }
}

/**
 * Loads the tokenizer of a model for a language and a task. Its vocabulary is imported once.
 *
 * @throws {RangeError} when the vocabulary does not have the language, the task is unknown, or the number of
 * languages is not a whole number.
 */
export async function loadTokenizer(options: TokenizerOptions): Promise<Tokenizer> {
  const { multilingual, numLanguages = 99, language = "en", task = "transcribe" } = options;
  if (!Number.isInteger(numLanguages) || numLanguages < 0) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot load the tokenizer: a vocabulary cannot have ${numLanguages} languages, it has 99 or 100`,
    );
  }
  const languageCodes = LANGUAGES.slice(0, numLanguages).map(([code]) => code);
  const code = checkLanguage(language, languageCodes);
  if (task !== "transcribe" && task !== "translate") {
    throw outOfRange("INVALID_OPTION", `Cannot use task "${task}": it must be "transcribe" or "translate"`);
  }
  return multilingual
    ? new Tokenizer(await multilingualEncoding(), { languageCodes, language: code, task })
    : new Tokenizer(await gpt2Encoding(), { languageCodes });
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

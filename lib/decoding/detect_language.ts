/**
 * Which language a window is spoken in: what the decoder thinks should follow the start of a transcript.
 * After `detect_language` of openai/whisper's `decoding.py`.
 */
import { wrongArgument } from "../errors.ts";
import type { AudioFeatures, EncoderDecoder } from "../model/types.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { type DecoderSteps, runSteps } from "./decoder_steps.ts";
import { argmax, logSumExp } from "./log_probabilities.ts";

/** A language and how probable it and the others are. */
export interface DetectedLanguage {
  /** The code of the most probable language. */
  readonly language: string;
  /** The probability of each language of the vocabulary, by code. */
  readonly languageProbs: ReadonlyMap<string, number>;
}

/** A language less probable than this was hardly heard: there may be no speech at all. */
const SURE = 0.5;

/** Whether a language was heard for sure. */
export function isSure({ language, languageProbs }: DetectedLanguage): boolean {
  return languageProbs.get(language)! >= SURE;
}

/**
 * Detects the language of a window, in one step of the decoder.
 *
 * @param options The window of `features` (0 by default), and a signal to stop.
 * @throws {TypeError} when the model is English-only.
 */
export async function detectLanguage(
  model: EncoderDecoder,
  features: AudioFeatures,
  tokenizer: Tokenizer,
  options: { window?: number; signal?: AbortSignal } = {},
): Promise<DetectedLanguage> {
  assertMultilingual(model);
  return await runSteps(languageSteps(tokenizer, options.window), model, features, options.signal);
}

/** What `detectLanguage` asks of the decoder. */
export function* languageSteps(tokenizer: Tokenizer, window = 0): DecoderSteps<DetectedLanguage> {
  const { allLanguageCodes, allLanguageTokens } = tokenizer;
  const picks = [{ suppressed: [], count: 1 }];
  const [logits] = yield [{ window, tokens: [tokenizer.sot], picks }];
  const languages = Float32Array.from(allLanguageTokens, (token) => logits.logit(token));
  const best = argmax(languages);
  const total = logSumExp(languages, 0, languages.length, languages[best]);
  return {
    language: allLanguageCodes[best],
    languageProbs: new Map(allLanguageCodes.map((code, i) => [code, Math.exp(languages[i] - total)])),
  };
}

/**
 * Makes sure that a model knows several languages.
 *
 * @throws {TypeError} when it is English-only.
 */
export function assertMultilingual(model: EncoderDecoder): void {
  if (!model.family.isMultilingual) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot detect the language: the model is English-only, wanted a multilingual one",
    );
  }
}

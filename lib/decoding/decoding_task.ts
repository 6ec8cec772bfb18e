/**
 * Decodes one window: puts the roles together (initial tokens, logit filters, token decoder, ranking) and
 * runs the decoder step by step. After `DecodingTask` of openai/whisper's `decoding.py`.
 */
import type { AudioFeatures, EncoderDecoder, Inference, ModelFamily } from "../model/types.ts";
import { isNotNegative, type OptionRules, SIGNAL } from "../options/check_options.ts";
import { strip } from "../python/python_text.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import { BeamSearchDecoder } from "./beam_search_decoder.ts";
import { compressionRatio } from "./compression_ratio.ts";
import { detectLanguage } from "./detect_language.ts";
import { GreedyDecoder } from "./greedy_decoder.ts";
import { initialTokens, suppressedTokens } from "./initial_tokens.ts";
import { argmax, logSumExp } from "./log_probabilities.ts";
import { applyTimestampRules, type LogitFilter, suppressBlank, suppressTokens } from "./logit_filters.ts";
import {
  chosenLanguage,
  type DecodingOptions,
  type DecodingResult,
  type DecodingSettings,
  decodingSettings,
} from "./options.ts";
import { seededRandom } from "./random.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import { mostLikely, type TokenDecoder } from "./token_decoder.ts";

/** Which window is decoded, and how the work is stopped. */
export interface DecodingRun {
  /**
   * The window of the features.
   *
   * @default {0}
   */
  readonly window?: number;
  /** Stops the work within one step of the decoder. */
  readonly signal?: AbortSignal;
}

/** What choosing a window must be. */
export const RUN_RULES: OptionRules<DecodingRun> = {
  window: ["a whole number from 0 up", (value) => isNotNegative(value) && Number.isSafeInteger(value)],
  signal: SIGNAL,
};

/**
 * Decodes one window of audio features.
 *
 * Differs from whisper: an English-only model needs no `language`.
 *
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range, or the vocabulary lacks the language.
 */
export async function decode(
  model: EncoderDecoder,
  features: AudioFeatures,
  options: DecodingOptions & DecodingRun = {},
): Promise<DecodingResult> {
  const { window, signal, ...decodingOptions } = options;
  const settings = decodingSettings(decodingOptions);
  const { family } = model;
  const { task } = settings;
  let language = chosenLanguage(settings.language);
  let tokenizer = await loadTokenizer(family, { language, task });
  let languageProbs: ReadonlyMap<string, number> | undefined;
  if (family.isMultilingual && language === undefined) {
    const detected = await detectLanguage(model, features, tokenizer, { window, signal });
    ({ language, languageProbs } = detected);
    tokenizer = await loadTokenizer(family, { language, task });
  }
  const random = seededRandom(settings.seed);
  const result = await runDecodingTask(model, features, tokenizer, settings, { window, signal, random });
  return languageProbs === undefined ? result : { ...result, languageProbs };
}

/** Decodes one window with checked settings; `tokenizer` tells the language and the task. */
export async function runDecodingTask(
  model: EncoderDecoder,
  features: AudioFeatures,
  tokenizer: Tokenizer,
  settings: DecodingSettings,
  run: DecodingRun & { random: () => number },
): Promise<DecodingResult> {
  const decoder = tokenDecoder(settings, tokenizer.eot, run.random);
  const filters = logitFilters(model, tokenizer, settings);
  const prompt = initialTokens(tokenizer, settings, model.dims.nTextCtx);
  using inference = model.startInference(features, run.window);
  const sampleLen = settings.sampleLen ?? model.dims.nTextCtx >> 1;
  const noSpeechProb = await sample(
    inference,
    { decoder, filters, prompt, sampleLen, tokenizer },
    model,
    run.signal,
  );

  const { tokens, sumLogprob } = mostLikely(decoder.candidates(), settings.lengthPenalty);
  const text = strip(tokenizer.decode(tokens));
  return {
    language: tokenizer.language ?? "en",
    tokens: [...tokens],
    text,
    avgLogprob: sumLogprob / (tokens.length + 1),
    noSpeechProb,
    temperature: settings.temperature,
    compressionRatio: await compressionRatio(text),
  };
}

interface Sampling {
  readonly decoder: TokenDecoder;
  readonly filters: readonly LogitFilter[];
  readonly prompt: readonly number[];
  readonly sampleLen: number;
  readonly tokenizer: Tokenizer;
}

/** Feeds the prompt, then token after token until the decoder is content; gives the no-speech probability. */
async function sample(
  inference: Inference,
  { decoder, filters, prompt, sampleLen, tokenizer }: Sampling,
  { dims: { nVocab, nTextCtx } }: EncoderDecoder,
  signal: AbortSignal | undefined,
): Promise<number> {
  // The prompt runs once, in one row; the first update widens it to as many rows as there are hypotheses.
  const positions = [...new Set([prompt.indexOf(tokenizer.sot), prompt.length - 1])];
  const first = await inference.logits([prompt], { positions, signal });
  const noSpeechProb = probability(first.subarray(0, nVocab), tokenizer.noSpeech);
  let logits = first.subarray((positions.length - 1) * nVocab);
  for (let sampled = 1;; sampled++) {
    const rows = decoder.hypotheses.map(({ tokens }, i) => {
      const row = logits.subarray(i * nVocab, (i + 1) * nVocab);
      for (const filter of filters) filter(row, tokens);
      return row;
    });
    const sources = decoder.update(rows);
    if (decoder.completed || sampled === sampleLen || prompt.length + sampled > nTextCtx) return noSpeechProb;
    signal?.throwIfAborted();
    if (sources.length !== inference.rows || sources.some((source, i) => source !== i)) {
      inference.rearrange(sources);
    }
    const next = decoder.hypotheses.map(({ tokens }) => [tokens[tokens.length - 1]]);
    logits = await inference.logits(next, { signal });
  }
}

function probability(logits: Float32Array, token: number): number {
  return Math.exp(logits[token] - logSumExp(logits, 0, logits.length, logits[argmax(logits)]));
}

function tokenDecoder(settings: DecodingSettings, eot: number, random: () => number): TokenDecoder {
  const { beamSize, patience, temperature, bestOf: count = 1 } = settings;
  if (beamSize !== undefined) return new BeamSearchDecoder({ beamSize, eot, patience });
  return new GreedyDecoder({ temperature, eot, count, random });
}

function logitFilters(
  model: EncoderDecoder,
  tokenizer: Tokenizer,
  settings: DecodingSettings,
): LogitFilter[] {
  const filters: LogitFilter[] = [];
  if (settings.suppressBlank) {
    const blank = [...tokenizer.encode(" "), tokenizer.eot];
    filters.push((logits, sampled) => suppressBlank(logits, sampled, blank));
  }
  const suppressed = [...suppressedTokens(tokenizer, settings.suppressTokens), ...model.family.unusedTokens];
  filters.push((logits) => suppressTokens(logits, suppressed));
  if (!settings.withoutTimestamps) {
    const maxInitialTimestampIndex = lastInitialTimestamp(settings, model.family);
    const rules = { ...model.family.specialTokens, maxInitialTimestampIndex };
    filters.push((logits, sampled) => applyTimestampRules(logits, sampled, rules));
  }
  return filters;
}

function lastInitialTimestamp(
  { maxInitialTimestamp, strictParity }: DecodingSettings,
  { secondsPerPosition }: ModelFamily,
): number | undefined {
  // Differs from whisper: 0 is the start of the window; there it is no limit.
  if (maxInitialTimestamp === null || (strictParity && maxInitialTimestamp === 0)) return undefined;
  return roundHalfEven(maxInitialTimestamp / secondsPerPosition);
}

/**
 * Decodes one window: puts the roles together (initial tokens, logit filters, token decoder, ranking) and
 * asks for step after step of the decoder. After `DecodingTask` of openai/whisper's `decoding.py`.
 */
import type { AudioFeatures, EncoderDecoder, ModelFamily, PickRequest, StepRow } from "../model/types.ts";
import { FROM_ZERO, type OptionRules, SIGNAL } from "../options/check_options.ts";
import { strip } from "../python/python_text.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import { BeamSearchDecoder } from "./beam_search_decoder.ts";
import { compressionRatio } from "./compression_ratio.ts";
import { type DecoderStep, type DecoderSteps, runSteps } from "./decoder_steps.ts";
import { detectLanguage } from "./detect_language.ts";
import { GreedyDecoder } from "./greedy_decoder.ts";
import { initialTokens, suppressedTokens } from "./initial_tokens.ts";
import { applyRules, type LogitRules } from "./logit_filters.ts";
import {
  chosenLanguage,
  type DecodingOptions,
  type DecodingResult,
  type DecodingSettings,
  decodingSettings,
} from "./options.ts";
import { seededRandom } from "./random.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import { type Hypothesis, mostLikely, type TokenDecoder } from "./token_decoder.ts";
import { BoostTree } from "./phrase_boost.ts";
import type { TokenLogits, WholeLogits } from "./token_logits.ts";

/** What is never sampled if neither a call nor the checkpoint says: the symbols that are not speech. */
const NON_SPEECH = [-1];

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
  window: FROM_ZERO,
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
  const steps = decodingSteps(model, tokenizer, settings, run);
  const { tokens, sumLogprob, noSpeechProb } = await runSteps(steps, model, features, run.signal);
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

/** The most probable hypothesis, and the probability that there is no speech. */
type Decoded = Hypothesis & Pick<DecodingResult, "noSpeechProb">;

/** What decoding one window asks of the decoder: the prompt, then token after token until there are enough. */
export function* decodingSteps(
  model: Pick<EncoderDecoder, "dims" | "family">,
  tokenizer: Tokenizer,
  settings: DecodingSettings,
  { window = 0, random }: { window?: number; random: () => number },
): DecoderSteps<Decoded> {
  const { nTextCtx } = model.dims;
  const decoder = tokenDecoder(settings, tokenizer.eot, random);
  const rules = logitRules(model.family, tokenizer, settings);
  const prompt = initialTokens(tokenizer, settings, nTextCtx);
  const sampleLen = settings.sampleLen ?? nTextCtx >> 1;

  const boost = boostTree(settings, tokenizer);
  // Where single tokens of text are raised, the logits of all are wanted.
  const picks = (...suppressed: (readonly number[])[]) =>
    boost ? undefined : pickRequests(suppressed, tokenizer.eot, decoder);

  // The prompt runs once, in one row; the first update widens it to as many rows as there are hypotheses.
  const positions = [prompt.indexOf(tokenizer.sot), prompt.length - 1];
  const start = { window, tokens: prompt, positions };
  const [beginning, first] = yield asStep([start], picks([], rules.suppressedFirst));
  const noSpeechProb = Math.exp(beginning.logit(tokenizer.noSpeech) - beginning.logSumExp());
  const laterPicks = picks(rules.suppressed);
  let logits: readonly TokenLogits[] = [first];
  for (let sampled = 1;; sampled++) {
    for (const [row, { tokens }] of decoder.hypotheses.entries()) {
      applyRules(logits[row], tokens, rules);
      // After the rules: when a timestamp comes is not changed.
      boost?.raise(logits[row] as WholeLogits, tokens);
    }
    const sources = decoder.update(logits);
    if (decoder.completed || sampled === sampleLen || prompt.length + sampled > nTextCtx) break;
    const rows = decoder.hypotheses.map(({ tokens }, row) => ({
      window,
      from: sources[row],
      tokens: [tokens[tokens.length - 1]],
    }));
    logits = yield asStep(rows, laterPicks);
  }
  return { ...mostLikely(decoder.candidates(), settings.lengthPenalty), noSpeechProb };
}

function boostTree({ boost = {} }: DecodingSettings, tokenizer: Tokenizer): BoostTree | undefined {
  if (!Object.values(boost).some((weight) => weight > 0)) return undefined;
  return new BoostTree(boost, (text) => tokenizer.encode(text));
}

/** What is wanted of positions with these tokens suppressed, if the decoder looks at a few tokens only. */
function pickRequests(
  suppressed: readonly (readonly number[])[],
  eot: number,
  { topCount: count }: TokenDecoder,
): readonly PickRequest[] | undefined {
  if (count === undefined) return undefined;
  // What is no text is handed over as it is: the rules forbid it there.
  return suppressed.map((tokens) => ({ suppressed: tokens.filter((token) => token < eot), count }));
}

function asStep(rows: readonly StepRow[], picks: readonly PickRequest[] | undefined): DecoderStep {
  return picks === undefined ? rows : rows.map((row) => ({ ...row, picks }));
}

function tokenDecoder(settings: DecodingSettings, eot: number, random: () => number): TokenDecoder {
  const { beamSize, patience, temperature, bestOf: count = 1 } = settings;
  if (beamSize !== undefined) return new BeamSearchDecoder({ beamSize, eot, patience });
  return new GreedyDecoder({ temperature, eot, count, random });
}

function logitRules(family: ModelFamily, tokenizer: Tokenizer, settings: DecodingSettings): LogitRules {
  const { suppressBlank, suppressTokens = family.suppressTokens ?? NON_SPEECH, withoutTimestamps } = settings;
  const suppressed = [...suppressedTokens(tokenizer, suppressTokens), ...family.unusedTokens];
  // transformers forbids the checkpoint's list, which in the published ones is the two tokens of openai/whisper.
  const blank = family.beginSuppressTokens ?? [...tokenizer.encode(" "), tokenizer.eot];
  const maxInitialTimestampIndex = lastInitialTimestamp(settings, family);
  return {
    suppressed,
    suppressedFirst: suppressBlank ? [...suppressed, ...blank] : suppressed,
    timestamps: withoutTimestamps ? undefined : { ...family.specialTokens, maxInitialTimestampIndex },
  };
}

function lastInitialTimestamp(
  { maxInitialTimestamp, strictParity }: DecodingSettings,
  { secondsPerPosition }: ModelFamily,
): number | undefined {
  // Differs from whisper: 0 is the start of the window; there it is no limit.
  if (maxInitialTimestamp === null || (strictParity && maxInitialTimestamp === 0)) return undefined;
  return roundHalfEven(maxInitialTimestamp / secondsPerPosition);
}

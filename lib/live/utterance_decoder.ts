/** Hears an utterance, or as much of it as there is: sound and the words that are final in, words with times out. */
import { FRAMES_PER_SECOND, HOP_LENGTH, SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import { melSourceOf } from "../audio/mel/streamed_mel.ts";
import { compressionRatio } from "../decoding/compression_ratio.ts";
import { runDecodingTask } from "../decoding/decoding_task.ts";
import { detectLanguage, isSure } from "../decoding/detect_language.ts";
import { chosenLanguage, type DecodingResult, type DecodingSettings } from "../decoding/options.ts";
import { seededRandom } from "../decoding/random.ts";
import type { AudioFeatures, EncoderDecoder } from "../model/types.ts";
import { findAlignment, type WordTiming } from "../timing/find_alignment.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import {
  APPEND_PUNCTUATIONS,
  mergePunctuations,
  PREPEND_PUNCTUATIONS,
} from "../transcription/punctuation.ts";
import type { Segment } from "../transcription/segments.ts";
import { decodeWithFallback, isSilent } from "../transcription/windows/temperature_fallback.ts";
import { type AudioContext, WindowEncoder } from "../transcription/windows/window_encoder.ts";
import { withoutEcho } from "./echoes.ts";
import type { LiveSettings } from "./live_options.ts";
import type { HeardWord } from "./stable_words.ts";

/** An utterance so far. */
export interface Utterance {
  /** Its samples, mono at 16 kHz. */
  readonly samples: Float32Array;
  /** Where they start in the stream, in samples. */
  readonly start: number;
  /** The words that are final. */
  readonly final: readonly HeardWord[];
  /** The tokens of the text before it. */
  readonly prompt: readonly number[];
}

/** How an utterance was decoded. */
export type Scores = Pick<Segment, "temperature" | "avgLogprob" | "compressionRatio" | "noSpeechProb">;

/** What is heard in it. */
export interface Hypothesis {
  /** The words after the final ones. */
  readonly words: readonly HeardWord[];
  /** How they were decoded. */
  readonly scores: Scores;
}

/** Tokens a second that nobody speaks faster than, and as many for nothing. */
const TOKENS_PER_SECOND = 15;
const SPARE_TOKENS = 20;

/** Hears the utterances of one stream. */
export class UtteranceDecoder {
  readonly #model: EncoderDecoder;
  readonly #settings: LiveSettings;
  readonly #random = seededRandom();
  /** The language, once it is known. */
  #language: string | undefined;

  constructor(model: EncoderDecoder, settings: LiveSettings) {
    this.#model = model;
    this.#settings = settings;
    const known = model.family.isMultilingual ? chosenLanguage(settings.language) : "en";
    if (known !== undefined) this.#setLanguage(known);
  }

  /** The language that was chosen, or heard. */
  get language(): string | undefined {
    return this.#language;
  }

  /** Hears an utterance that still goes on, once; nothing of it if the text repeats itself. */
  async hearPart(utterance: Utterance): Promise<Hypothesis | undefined> {
    using features = await this.#encode(utterance, this.#settings.audioContext);
    const tokenizer = await this.#tokenizer(features, false);
    const [settings] = this.#settings.ladder;
    const result = await this.#decode(features, tokenizer, utterance, settings);
    const { compressionRatioThreshold } = this.#settings;
    const tokens = [...finalTokens(utterance), ...result.tokens];
    const ratio = await compressionRatio(tokenizer.decode(tokens));
    if (compressionRatioThreshold !== null && ratio > compressionRatioThreshold) return undefined;
    return await this.#align(features, tokenizer, utterance, result);
  }

  /** Hears an utterance that has ended, as often as a window of a recording. */
  async hearWhole(utterance: Utterance): Promise<Hypothesis> {
    using features = await this.#encode(utterance, "full");
    const tokenizer = await this.#tokenizer(features, true);
    const isNew = utterance.final.length === 0;
    // After words that are final there may be none, or one: their mean probability says nothing.
    const thresholds = isNew ? this.#settings : { ...this.#settings, logprobThreshold: null };
    // With timestamps a model knows better where the text ends; but they cannot follow words that are given.
    const { result } = await decodeWithFallback(
      (settings) => this.#decode(features, tokenizer, utterance, { ...settings, withoutTimestamps: !isNew }),
      this.#settings.ladder,
      thresholds,
    );
    if (isNew && isSilent(result, this.#settings)) {
      return { words: [], scores: scoresOf(result) };
    }
    return await this.#align(features, tokenizer, utterance, result);
  }

  async #encode({ samples }: Utterance, audioContext: AudioContext): Promise<AudioFeatures> {
    const { signal } = this.#settings;
    await using source = await melSourceOf(samples, { ...this.#model.family, signal });
    using encoder = new WindowEncoder(this.#model, source, { audioContext, signal });
    return await encoder.encode({ seek: 0, size: this.#frames(samples) });
  }

  #frames(samples: Float32Array): number {
    return Math.min(Math.floor(samples.length / HOP_LENGTH), this.#model.family.windowFrames);
  }

  /** The tokenizer of the language that is chosen or heard; one that was heard for sure, or in a whole utterance, stays. */
  async #tokenizer(features: AudioFeatures, isWhole: boolean): Promise<Tokenizer> {
    const { family } = this.#model;
    const { task, signal } = this.#settings;
    let language = this.#language;
    if (language === undefined) {
      const detected = await detectLanguage(this.#model, features, await loadTokenizer(family), { signal });
      language = detected.language;
      if (isWhole || isSure(detected)) this.#setLanguage(language);
    }
    return await loadTokenizer(family, { language, task });
  }

  #setLanguage(language: string): void {
    this.#language = language;
    this.#settings.onLanguage?.(language);
  }

  async #decode(
    features: AudioFeatures,
    tokenizer: Tokenizer,
    utterance: Utterance,
    settings: DecodingSettings,
  ): Promise<DecodingResult> {
    const prefix = finalTokens(utterance);
    const seconds = utterance.samples.length / SAMPLE_RATE;
    const room = (this.#model.dims.nTextCtx >> 1) - prefix.length;
    const sampleLen = Math.max(1, Math.min(room, SPARE_TOKENS + Math.ceil(TOKENS_PER_SECOND * seconds)));
    return await runDecodingTask(this.#model, features, tokenizer, {
      ...settings,
      prompt: utterance.prompt,
      prefix,
      sampleLen,
      // After words that are final there may be none.
      suppressBlank: prefix.length === 0,
    }, { random: this.#random, signal: this.#settings.signal });
  }

  /** Gives the words after the final ones their times. */
  async #align(
    features: AudioFeatures,
    tokenizer: Tokenizer,
    utterance: Utterance,
    result: DecodingResult,
  ): Promise<Hypothesis> {
    const scores = scoresOf(result);
    const before = finalTokens(utterance);
    const text = result.tokens.filter((token) => tokenizer.isText(token));
    if (text.length === 0) return { words: [], scores };
    const frames = this.#frames(utterance.samples);
    const alignment = await findAlignment(this.#model, features, tokenizer, [...before, ...text], frames, {
      signal: this.#settings.signal,
    });
    if (alignment.length > 0) mergePunctuations(alignment, PREPEND_PUNCTUATIONS, APPEND_PUNCTUATIONS);
    const offset = utterance.start / SAMPLE_RATE;
    const earliest = utterance.final.at(-1)?.end ?? offset;
    const words = wordsAfter(alignment, before.length, tokenizer)
      .map(({ start, end, ...word }) => ({
        ...word,
        start: hundredths(Math.max(earliest, offset + start)),
        end: hundredths(Math.max(earliest, offset + end)),
      }));
    return { words: withoutEcho(words, utterance.final), scores };
  }
}

function scoresOf({ temperature, avgLogprob, compressionRatio, noSpeechProb }: DecodingResult): Scores {
  return { temperature, avgLogprob, compressionRatio, noSpeechProb };
}

/** The tokens of the words that are final. */
function finalTokens({ final }: Pick<Utterance, "final">): number[] {
  return final.flatMap(({ tokens }) => tokens);
}

/** The words of an alignment after its first tokens; of a word that those cut, what is left. */
function wordsAfter(
  alignment: readonly WordTiming[],
  count: number,
  tokenizer: Pick<Tokenizer, "decode">,
): HeardWord[] {
  const words: HeardWord[] = [];
  let taken = 0;
  for (const timing of alignment) {
    const { tokens } = timing;
    if (tokens.length === 0) continue;
    const left = tokens.slice(Math.max(0, count - taken));
    taken += tokens.length;
    if (left.length === tokens.length) words.push(timing);
    else if (left.length > 0) words.push({ ...timing, tokens: left, word: tokenizer.decode(left) });
  }
  return words;
}

function hundredths(seconds: number): number {
  return Math.round(seconds * FRAMES_PER_SECOND) / FRAMES_PER_SECOND;
}

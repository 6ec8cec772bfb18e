/**
 * Transcribes sound while it comes in. An utterance is heard again and again as it grows, what two hypotheses agree on is
 * final, and at a pause all of it.
 */
import { HOP_LENGTH, SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import type { EncoderDecoder } from "../model/types.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import { isContext, type PromptHistory, promptHistory } from "../transcription/context/prompt.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import type { Backlog } from "./sound_backlog.ts";
import type { LiveSettings } from "./live_options.ts";
import { SoundHistory } from "./sound_history.ts";
import { type HeardWord, StableWords } from "./stable_words.ts";
import { type Border, UtteranceBorders } from "./utterance_borders.ts";
import { type Scores, UtteranceDecoder } from "./utterance_decoder.ts";

/**
 * What was said so far in one utterance: the next of the same `id` takes its place. Times are from the start of the
 * stream, and the scores those of the last decoding, of what was not final before.
 */
export interface LiveSegment extends Segment {
  /** Whether nothing of it will change. */
  readonly isFinal: boolean;
  /** The beginning of `text` that will not change: all of it, if `isFinal`. */
  readonly stableText: string;
  /** The words with their times. */
  readonly words: readonly Word[];
  /** How many of the words, from the first, will not change. */
  readonly stableWords: number;
  /** The code of the language, as `"en"`. */
  readonly language: string;
}

/** Gives the probability of speech in each of the next frames. */
export interface SpeechScorer {
  hear(samples: Float32Array, signal?: AbortSignal): Promise<ArrayLike<number>>;
}

/** Samples of a frame of voice activity, and most of one run. */
const FRAME_SAMPLES = 512;
const MOST_FRAMES = 256;

/**
 * Transcribes what comes into a backlog, until it ends. If its source fails, what was said before is brought to its end
 * first: it is all that there will be.
 *
 * @throws what the source has thrown, or the signal's reason, and that at once.
 */
export async function* transcribeLive(
  model: EncoderDecoder,
  listener: SpeechScorer,
  backlog: Backlog,
  settings: LiveSettings,
): AsyncGenerator<LiveSegment, undefined, undefined> {
  const { initialPrompt } = settings;
  const context = { initialPrompt, carryInitialPrompt: false, strictParity: false };
  const prompt = promptHistory(model, await loadTokenizer(model.family), context);
  const conversation = new Conversation(model, settings, prompt);
  const borders = new UtteranceBorders(borderSettings(settings));
  const { signal } = settings;
  let failure: { readonly error: unknown } | undefined;
  const take = () =>
    backlog.take().catch((error) => {
      signal?.throwIfAborted();
      failure = { error };
    });
  for (let arrived = await take(); arrived; arrived = await take()) {
    signal?.throwIfAborted();
    conversation.sound.push(arrived);
    for await (const border of conversation.listen(listener, borders, signal)) {
      yield* conversation.reach(border);
    }
    conversation.sound.dropBefore(borders.needed * FRAME_SAMPLES);
    // Who is behind has no time for what does not stand yet.
    if (!backlog.isEmpty || borders.openSince === undefined) continue;
    yield* conversation.glance();
    borders.settle(Math.ceil(conversation.settled * SAMPLE_RATE / FRAME_SAMPLES));
  }
  for (const border of borders.finish()) yield* conversation.reach(border, true);
  if (failure !== undefined) throw failure.error;
}

function borderSettings({ vad }: LiveSettings) {
  const frames = (seconds: number) => Math.max(1, Math.round(seconds * SAMPLE_RATE / FRAME_SAMPLES));
  return {
    threshold: vad.threshold,
    negThreshold: vad.negThreshold,
    minSpeech: frames(vad.minSpeechDuration),
    minSilence: frames(vad.minSilenceDuration),
    pad: frames(vad.speechPad),
    longest: frames(vad.maxSpeechDuration),
  };
}

/** The sound that is at hand, and the utterance that is open. */
class Conversation {
  readonly sound = new SoundHistory();
  readonly #settings: LiveSettings;
  readonly #decoder: UtteranceDecoder;
  readonly #prompt: PromptHistory;
  /** How far speech was listened for, in samples. */
  #listened = 0;
  #id = 0;
  /** Where the open utterance begins, in samples, its words, and how far they were heard. */
  #start = 0;
  #words = new StableWords();
  #heardTo = 0;
  /** Whether anything of it was shown. */
  #shown = false;

  constructor(model: EncoderDecoder, settings: LiveSettings, prompt: PromptHistory) {
    this.#settings = settings;
    this.#decoder = new UtteranceDecoder(model, settings);
    this.#prompt = prompt;
  }

  /** Where the final words of the open utterance end, in seconds. */
  get settled(): number {
    return this.#words.final.at(-1)?.end ?? 0;
  }

  /** Listens for speech in what has come, and gives the borders there are. */
  async *listen(
    listener: SpeechScorer,
    borders: UtteranceBorders,
    signal?: AbortSignal,
  ): AsyncGenerator<Border, undefined, undefined> {
    for (;;) {
      const frames = Math.min(Math.floor((this.sound.end - this.#listened) / FRAME_SAMPLES), MOST_FRAMES);
      if (frames === 0) return;
      const to = this.#listened + frames * FRAME_SAMPLES;
      const probabilities = await listener.hear(this.sound.slice(this.#listened, to), signal);
      for (let i = 0; i < frames; i++) {
        this.#listened += FRAME_SAMPLES;
        yield* borders.push(probabilities[i]);
      }
    }
  }

  /** Begins, ends or cuts the utterance. */
  async *reach({ kind, frame }: Border, isLast = false): AsyncGenerator<LiveSegment, undefined, undefined> {
    const { onSpeech } = this.#settings;
    const at = isLast ? this.sound.end : frame * FRAME_SAMPLES;
    if (kind !== "start") {
      onSpeech?.("end", at / SAMPLE_RATE);
      yield* this.#end(at);
    }
    if (kind === "end") return;
    onSpeech?.("start", at / SAMPLE_RATE);
    this.#start = at;
    this.#heardTo = at;
  }

  /** Hears the open utterance, if enough was said since. */
  async *glance(): AsyncGenerator<LiveSegment, undefined, undefined> {
    const { interval, maxDelay } = this.#settings;
    const { end } = this.sound;
    if (end - this.#heardTo < interval * SAMPLE_RATE) return;
    this.#heardTo = end;
    const heard = await this.#decoder.hearPart(this.#utterance(end));
    if (heard === undefined) return;
    this.#words.hear(heard.words, end / SAMPLE_RATE - maxDelay);
    const { final, rest } = this.#words;
    if (final.length + rest.length === 0 && !this.#shown) return;
    this.#shown = true;
    yield this.#segment([...final, ...rest], final.length, heard.scores);
  }

  /** Hears the whole utterance, which ends at a sample. */
  async *#end(at: number): AsyncGenerator<LiveSegment, undefined, undefined> {
    const heard = await this.#decoder.hearWhole(this.#utterance(at));
    const words = this.#words.end(heard.words);
    if (words.length > 0 || this.#shown) {
      yield this.#segment(words, words.length, heard.scores, true);
      this.#id++;
    }
    this.#prompt.add(words.flatMap(({ tokens }) => tokens));
    if (!isContext(heard.scores.temperature, this.#settings)) this.#prompt.reset();
    this.#words = new StableWords();
    this.#shown = false;
  }

  #utterance(end: number) {
    return {
      samples: this.sound.slice(this.#start, end),
      start: this.#start,
      final: this.#words.final,
      prompt: this.#prompt.next(),
    };
  }

  #segment(words: readonly HeardWord[], stableWords: number, scores: Scores, isFinal = false): LiveSegment {
    const textOf = (words: readonly HeardWord[]) => words.map(({ word }) => word).join("");
    const start = this.#start / SAMPLE_RATE;
    return {
      id: this.#id,
      seek: Math.floor(this.#start / HOP_LENGTH),
      start: words[0]?.start ?? start,
      end: words.at(-1)?.end ?? start,
      text: textOf(words),
      tokens: words.flatMap(({ tokens }) => tokens),
      ...scores,
      words: words.map(({ word, start, end, probability }) => ({ word, start, end, probability })),
      isFinal,
      stableText: textOf(words.slice(0, stableWords)),
      stableWords,
      language: this.#decoder.language ?? "en",
    };
  }
}

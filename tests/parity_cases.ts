/**
 * What the parity tests ask of `transcribe`, beyond the plain calls over speech: each case has the result of
 * openai/whisper under `fixtures/reference/`, made by `scripts/reference/make_reference.py`.
 */
import type { TranscribeOptions } from "../lib/transcription/transcribe_options.ts";
import type { MicroLayoutName } from "./lib/model/micro_checkpoint.ts";
import type { ParitySound } from "./parity_audio.ts";

/** One call of `transcribe`, at temperature 0. */
export interface ParityCase {
  /** Also the path of its reference, without the extension. */
  readonly name: string;
  readonly model: "tiny.en" | "base";
  readonly sound: ParitySound;
  readonly options: TranscribeOptions;
  /** Whether it takes so long that only the full run includes it. */
  readonly long: boolean;
}

const WORDS = { wordTimestamps: true };
const ANYTHING = { noSpeechThreshold: null, logprobThreshold: null };
const NO_SILENCES = { wordTimestamps: true, hallucinationSilenceThreshold: 2 };
const PROMPT = { initialPrompt: "Sense and Sensibility, by Jane Austen. Mr. Dashwood, Elinor and Marianne." };
const CARRIED = { ...PROMPT, carryInitialPrompt: true };

const OPTIONS: Record<
  ParityCase["model"],
  Partial<Record<ParitySound, Record<string, TranscribeOptions>>>
> = {
  "tiny.en": {
    "silence": { plain: {}, anything: { ...ANYTHING, ...WORDS } },
    "quiet-noise": { words: WORDS, anything: ANYTHING },
    "loud-noise": { words: WORDS, anything: { ...ANYTHING, ...NO_SILENCES } },
    "chords": { words: WORDS, anything: { ...ANYTHING, ...NO_SILENCES } },
    "late-speech": {
      "no silences": NO_SILENCES,
      "late start": { maxInitialTimestamp: 5 },
      "any start": { maxInitialTimestamp: null },
    },
    "long-pauses": {
      "words": WORDS,
      "anything": { ...ANYTHING, ...WORDS },
      "anything but silences": { ...ANYTHING, ...NO_SILENCES },
    },
    "sense": {
      "clips": { clipTimestamps: [1.2, 6.5, 12, 20.03], ...WORDS },
      "clip to the end": { clipTimestamps: [8.1] },
      "prefix": { prefix: " And Mr. Jon", ...WORDS },
      "prefix without timestamps": { prefix: " And Mr. Jon", withoutTimestamps: true },
      "suppressed": { suppressTokens: [290, 340, 13, 11] },
      "nothing suppressed": { suppressTokens: [], suppressBlank: false },
      "few tokens": { sampleLen: 12, ...WORDS },
      "patient beams": { beamSize: 3, patience: 2, lengthPenalty: 0.6 },
      "bare punctuation": { prependPunctuations: "", appendPunctuations: "", ...WORDS },
      "prompt": PROMPT,
    },
    "three-minutes": {
      "words": WORDS,
      "unconditioned": { conditionOnPreviousText: false },
      "prompt": { ...PROMPT, ...WORDS },
      "carried prompt": { ...CARRIED, ...WORDS },
      "without timestamps": { withoutTimestamps: true },
      "clips": { clipTimestamps: [0, 20, 61.5, 62, 100, 150] },
      "beams": { beamSize: 5 },
    },
  },
  "base": {
    "silence": { anything: ANYTHING },
    "loud-noise": { anything: ANYTHING },
    "chords": { words: WORDS },
    "long-pauses": { "anything but silences": { ...ANYTHING, ...NO_SILENCES } },
    "sense": {
      "Japanese": { language: "ja", ...WORDS },
      "beams and clips": { beamSize: 4, clipTimestamps: [6.8, 18.5], ...WORDS },
    },
    "languages": {
      "words": WORDS,
      "German": { language: "de", ...WORDS },
      "translated": { language: "de", task: "translate" },
    },
    "three-minutes": { "words": WORDS, "carried prompt": { ...CARRIED, ...NO_SILENCES } },
  },
};

const LONG_SOUNDS = ["three-minutes", "long-pauses", "loud-noise"];

/** All cases. */
export const PARITY_CASES: readonly ParityCase[] = Object.entries(OPTIONS).flatMap(([model, sounds]) =>
  Object.entries(sounds).flatMap(([sound, variants]) =>
    Object.entries(variants).map(([variant, options]) => ({
      name: `reference/${model}/${sound}/${variant.replaceAll(" ", "-")}`,
      model: model as ParityCase["model"],
      sound: sound as ParitySound,
      options,
      long: LONG_SOUNDS.includes(sound) || model === "base",
    }))
  )
);

/** One call of `transcribe` over "sense" with a micro checkpoint. */
export interface MicroCase {
  /** Also the path of its reference, without the extension. */
  readonly name: string;
  readonly layout: MicroLayoutName;
  readonly options: TranscribeOptions;
  /** Whether the reference holds encoder rows, greedy logits and languages too. */
  readonly window: boolean;
}

const MICRO_OPTIONS: Record<MicroLayoutName, Record<string, TranscribeOptions>> = {
  "large-v3": { words: WORDS, cantonese: { language: "yue", ...WORDS }, beams: { beamSize: 3 } },
  "turbo": { words: WORDS, translated: { task: "translate", withoutTimestamps: true } },
  "multilingual": { words: WORDS, Chinese: { beamSize: 4, language: "zh", ...WORDS } },
  "english": { words: WORDS, beams: { beamSize: 2, clipTimestamps: [0, 9.5, 12] } },
};

/** All cases of micro checkpoints. */
export const MICRO_CASES: readonly MicroCase[] = Object.entries(MICRO_OPTIONS).flatMap(([layout, variants]) =>
  Object.entries(variants).map(([variant, options]) => ({
    name: `micro/${layout}/${variant}`,
    layout: layout as MicroLayoutName,
    options,
    window: variant === "words",
  }))
);

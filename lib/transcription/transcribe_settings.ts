/** What the options of `transcribe` must be, and what they are where they are left out. */
import { wrongArgument } from "../errors.ts";
import {
  BOOLEAN,
  CALLBACK,
  checkOptions,
  COUNT,
  FROM_ZERO,
  HEARING,
  isNotNegative,
  NUMBER_OR_NULL,
  oneOf,
  type OptionRule,
  type OptionRules,
  PROGRAM,
  SIGNAL,
  TEXT,
} from "../options/check_options.ts";
import { DECODING_RULES, type DecodingSettings, decodingSettings } from "../decoding/options.ts";
import { adviseRegrouping, isRegrouping } from "../regroup/regrouping.ts";
import { SPEAKERS, type SpeakerSettings, speakerSettings } from "../speakers/speaker_options.ts";
import type { TranscribeOptions } from "./transcribe_options.ts";
import { FALLBACK_DEFAULTS, FALLBACK_RULES } from "./windows/fallback_options.ts";
import { AUDIO_CONTEXTS } from "./windows/window_encoder.ts";
import { TRANSCRIPTION_STATE } from "./transcription_state.ts";
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "./punctuation.ts";
import { TRANSCRIPTION_DEFAULTS, VAD, type VadSettings, vadSettings } from "../vad/vad_options.ts";

/** Transcription options with their defaults filled in. */
export type TranscribeSettings =
  & Omit<TranscribeOptions, "vad" | "speakers">
  & Required<Pick<TranscribeOptions, keyof typeof DEFAULTS>>
  & {
    /** What is speech, where only that is transcribed. */
    readonly vad?: VadSettings;
    /** How many speakers there may be, where they are told apart. */
    readonly speakers?: SpeakerSettings;
    /** The settings of each attempt, one a temperature. */
    readonly ladder: readonly DecodingSettings[];
  };

const DEFAULTS = {
  task: "transcribe",
  ...FALLBACK_DEFAULTS,
  carryInitialPrompt: false,
  wordTimestamps: false,
  prependPunctuations: PREPEND_PUNCTUATIONS,
  appendPunctuations: APPEND_PUNCTUATIONS,
  clipTimestamps: [0],
  audioContext: "full",
  channel: "mix",
  explain: false,
  strictParity: false,
} satisfies TranscribeOptions;

const { prompt: _prompt, ...WINDOW_RULES } = DECODING_RULES;

/** A rule for what of the channels is transcribed. */
const CHANNEL: OptionRule = [
  '"mix", "split" or the number of a channel, from 0 up',
  (value) => value === "split" || HEARING[1](value),
];

const RULES: OptionRules<TranscribeOptions> = {
  ...WINDOW_RULES,
  ...FALLBACK_RULES,
  batchSize: COUNT,
  hotwords: [
    'a list of words, as ["Kubernetes", "Dashwood"]',
    (value) => Array.isArray(value) && value.every((word) => typeof word === "string"),
  ],
  initialPrompt: TEXT,
  carryInitialPrompt: BOOLEAN,
  wordTimestamps: BOOLEAN,
  regroup: [
    '"sentence", or numbers above 0 as maxChars, maxDuration, maxGap',
    isRegrouping,
    adviseRegrouping,
  ],
  prependPunctuations: TEXT,
  appendPunctuations: TEXT,
  clipTimestamps: [
    "a list of seconds from 0 up, as [0, 10, 20, 30]",
    (value) => Array.isArray(value) && value.every(isNotNegative),
  ],
  audioContext: oneOf(AUDIO_CONTEXTS),
  hallucinationSilenceThreshold: NUMBER_OR_NULL,
  vad: VAD,
  speakers: SPEAKERS,
  explain: BOOLEAN,
  resume: TRANSCRIPTION_STATE,
  ffmpeg: PROGRAM,
  audioTrack: FROM_ZERO,
  channel: CHANNEL,
  signal: SIGNAL,
  onProgress: CALLBACK,
  onLanguage: CALLBACK,
  onSegment: CALLBACK,
  onSilences: CALLBACK,
  onWindow: CALLBACK,
  onState: CALLBACK,
  onWarning: CALLBACK,
};

/** Parameters of openai/whisper, and of faster-whisper, that have another place here. */
const ELSEWHERE = {
  prompt: "each window has its own, begin with initialPrompt",
  vadFilter: 'it is called "vad"',
  vadParameters: 'they are the options that "vad" takes',
  fp16: "the precision is that of the loaded model",
  verbose: "follow the work with onProgress, onWindow, or segment by segment",
};

/**
 * Checks transcription options and fills in the defaults.
 *
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range.
 */
export function transcribeSettings(options: TranscribeOptions): TranscribeSettings {
  const { vad = false, speakers = false, ...given } = checkOptions("transcribe", options, RULES, ELSEWHERE);
  if (given.batchSize !== undefined) {
    if (given.conditionOnPreviousText) {
      throw wrongArgument(
        "INVALID_OPTION",
        "Cannot transcribe: with batchSize windows are transcribed at once, without the text before them; " +
          "leave conditionOnPreviousText out, or batchSize",
      );
    }
    given.conditionOnPreviousText = false;
  }
  const cutting = given.regroup !== undefined ? "regroup" : speakers !== false ? "speakers" : undefined;
  if (cutting !== undefined) {
    if (given.wordTimestamps === false) {
      throw wrongArgument(
        "INVALID_OPTION",
        `Cannot transcribe: ${cutting} cuts between words; leave wordTimestamps out`,
      );
    }
    given.wordTimestamps = true;
  }
  if (speakers !== false && given.channel === "split") {
    throw wrongArgument(
      "INVALID_OPTION",
      'Cannot transcribe: with channel "split" everybody has a channel; leave speakers out, or channel',
    );
  }
  const settings = { ...DEFAULTS, ...given };
  const isSplit = settings.channel === "split";
  if (settings.resume !== undefined && (settings.resume.channels !== undefined) !== isSplit) {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot transcribe: resume goes on with ${
        isSplit ? "one channel" : "several channels"
      }, and channel is ` +
        JSON.stringify(settings.channel),
    );
  }
  const decoding = Object.fromEntries(
    Object.entries(given).filter(([name]) => Object.hasOwn(DECODING_RULES, name)),
  );
  return {
    ...settings,
    ...(vad && { vad: vadSettings("transcribe", vad === true ? {} : vad, TRANSCRIPTION_DEFAULTS) }),
    ...(speakers && { speakers: speakerSettings("transcribe", speakers) }),
    ladder: [settings.temperature].flat().map((temperature) => {
      const unused = temperature > 0 ? { beamSize: undefined, patience: undefined } : { bestOf: undefined };
      return decodingSettings({ ...decoding, temperature, ...unused });
    }),
  };
}

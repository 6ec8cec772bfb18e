/**
 * The options of `transcribe`, their defaults and what they must be. After the parameters of `transcribe` in
 * openai/whisper's `transcribe.py`.
 */
import { wrongArgument } from "../errors.ts";
import {
  BOOLEAN,
  CALLBACK,
  checkOptions,
  COUNT,
  HEARING,
  isNotNegative,
  NUMBER_OR_NULL,
  oneOf,
  type OptionRule,
  type OptionRules,
  PROGRAM,
  SIGNAL,
  TEXT,
  TRACK,
} from "../options/check_options.ts";
import {
  DECODING_RULES,
  type DecodingOptions,
  type DecodingSettings,
  decodingSettings,
} from "../decoding/options.ts";
import type { WindowReport } from "./explain.ts";
import { isRegrouping, type Regrouping } from "../regroup/regrouping.ts";
import {
  type SpeakerOptions,
  SPEAKERS,
  type SpeakerSettings,
  speakerSettings,
} from "../speakers/speaker_options.ts";
import type { Segment, TimeSpan } from "./segments.ts";
import { AUDIO_CONTEXTS, type AudioContext } from "./window_encoder.ts";
import { TRANSCRIPTION_STATE, type TranscriptionState } from "./transcription_state.ts";
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "./punctuation.ts";
import {
  TRANSCRIPTION_DEFAULTS,
  VAD,
  type VadOptions,
  type VadSettings,
  vadSettings,
} from "../vad/vad_options.ts";

/** How far a transcription is, in seconds of audio. */
export interface TranscribeProgress {
  /** Seconds of audio behind. */
  readonly loaded: number;
  /** Seconds of audio in all; `undefined` for a stream whose end has not come yet. */
  readonly total: number | undefined;
}

/** How audio is transcribed: the options of openai/whisper's `transcribe` and of its decoding. */
export interface TranscribeOptions extends Omit<DecodingOptions, "temperature" | "prompt"> {
  /**
   * Temperatures, tried one after the other until the result looks sound. `beamSize` and `patience` count at
   * 0, `bestOf` above.
   *
   * @default {[0, 0.2, 0.4, 0.6, 0.8, 1]}
   */
  temperature?: number | readonly number[];
  /**
   * A window whose text is longer than its zlib stream by more than this factor repeats itself, and is
   * decoded again at the next temperature; `null` turns the rule off.
   *
   * @default {2.4}
   */
  compressionRatioThreshold?: number | null;
  /**
   * A window whose mean log-probability is below this is decoded again at the next temperature; `null` turns
   * the rule off.
   *
   * @default {-1}
   */
  logprobThreshold?: number | null;
  /**
   * A window is skipped as silent if the probability of no speech is above this and the mean log-probability
   * not above `logprobThreshold`; `null` turns the rule off.
   *
   * @default {0.6}
   */
  noSpeechThreshold?: number | null;
  /**
   * Whether each window is given the text before it as context.
   *
   * @default {true}
   */
  conditionOnPreviousText?: boolean;
  /**
   * Transcribes so many windows at once, which takes a long recording half the time: it is cut where it is quietest, and
   * each window is transcribed without the text before it. `conditionOnPreviousText` is off, and `initialPrompt` is
   * given to every window. On the CPU more than 8 gain nothing; each takes memory, 37 MB with base. Default: one after
   * the other, each from where the last segment ended.
   */
  batchSize?: number;
  /**
   * Names and terms that may be said, given as context to every window before the text that goes before it: they are
   * spelt so where they are heard. A window that says little else is decoded again without them, so that they are not
   * made up where nobody speaks.
   */
  hotwords?: readonly string[];
  /** Text given as context to the first window: names, spellings, style. */
  initialPrompt?: string;
  /**
   * Whether every window is given `initialPrompt`, before the text that goes before it.
   *
   * @default {false}
   */
  carryInitialPrompt?: boolean;
  /**
   * Whether segments get their words with times.
   *
   * @default {false}
   */
  wordTimestamps?: boolean;
  /**
   * How segments are cut anew, with their words and times: `"sentence"` makes one of each sentence; limits make them as
   * long as they allow, cut where the sense does. Turns `wordTimestamps` on. Default: they are as the model hears them.
   */
  regroup?: Regrouping;
  /**
   * Marks that are joined to the next word.
   *
   * @default {"\"'“¿([{-"}
   */
  prependPunctuations?: string;
  /**
   * Marks that are joined to the word before.
   *
   * @default {"\"'.。,，!！?？:：”)]}、"}
   */
  appendPunctuations?: string;
  /**
   * The parts to transcribe, in seconds: `[start, end, start, end, …]`. The last end may be left out.
   *
   * @default {[0]}
   */
  clipTimestamps?: readonly number[];
  /**
   * How much of a window is encoded: `"full"` is all of it, with silence after the sound where that is shorter, as the
   * model was trained; `"fit"` is the sound and a second of silence, which takes a clip of 11 s two fifths of the time.
   * Text may differ.
   *
   * @default {"full"}
   */
  audioContext?: AudioContext;
  /**
   * With `wordTimestamps`, silence longer than this, in seconds, is skipped around text that looks
   * hallucinated.
   */
  hallucinationSilenceThreshold?: number | null;
  /**
   * Whether only speech is transcribed: what Silero VAD finds no voice in is cut out before, and times are those of the
   * recording all the same. Options say what speech is.
   *
   * @default {false}
   */
  vad?: boolean | VadOptions;
  /**
   * Whether segments and words get their speaker, told by their voices: `true`, how many there are, or limits. The recording
   * is listened to before it is transcribed, and segments in which another takes over are cut there. Turns
   * `wordTimestamps` on. Of two who speak at once one is told.
   *
   * @default {false}
   */
  speakers?: boolean | number | SpeakerOptions;
  /**
   * Whether the result tells what happened in each window, as `windows`, and with `vad` what was cut out, as `silences`.
   *
   * @default {false}
   */
  explain?: boolean;
  /**
   * The program that decodes what is not decoded here: a name looked for in `PATH`, or a path.
   *
   * @default {"ffmpeg"}
   */
  ffmpeg?: string;
  /** Which of several audio tracks is heard, from 0. Default: the one that the file says. */
  audioTrack?: number;
  /**
   * Which channel is heard, from 0; `"mix"` is all of them together; `"split"` transcribes each by itself and merges
   * their segments by time, each with its `channel`: the two sides of a phone call. `language`, where it is not given,
   * is then that of the mix.
   *
   * @default {"mix"}
   */
  channel?: "mix" | "split" | number;
  /**
   * How far the same call got before: what `onState` was last given. The result is that of a call that was never
   * stopped; `segments` and `onSegment` give what is new, and so does `windows`.
   */
  resume?: TranscriptionState;
  /** Stops the work within one step of the decoder. */
  signal?: AbortSignal;
  /** Called after each window. */
  onProgress?: (progress: TranscribeProgress) => void;
  /** Called with the code of the language, once it is known. */
  onLanguage?: (language: string) => void;
  /** Called with each segment, as it comes. */
  onSegment?: (segment: Segment) => void;
  /** With `vad`, called with the parts that are cut out, before the first window. */
  onSilences?: (silences: readonly TimeSpan[]) => void;
  /** Called after each window with what happened in it. */
  onWindow?: (window: WindowReport) => void;
  /** Called after each window, and after its segments were given, with all that going on from there needs. */
  onState?: (state: TranscriptionState) => void;
  /** Called with what the user should know and what is no error. */
  onWarning?: (message: string) => void;
}

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
  temperature: [0, 0.2, 0.4, 0.6, 0.8, 1],
  compressionRatioThreshold: 2.4,
  logprobThreshold: -1,
  noSpeechThreshold: 0.6,
  conditionOnPreviousText: true,
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
  temperature: ["a number from 0 up, or a list of them", isTemperature],
  compressionRatioThreshold: NUMBER_OR_NULL,
  logprobThreshold: NUMBER_OR_NULL,
  noSpeechThreshold: NUMBER_OR_NULL,
  conditionOnPreviousText: BOOLEAN,
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
  audioTrack: TRACK,
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

function isTemperature(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isNotNegative) : isNotNegative(value);
}

/** The options of transcribing what is just being said, their defaults and what they must be. */
import { isSampleRate, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../audio/limits.ts";
import {
  DECODING_RULES,
  type DecodingOptions,
  type DecodingSettings,
  decodingSettings,
} from "../decoding/options.ts";
import {
  CALLBACK,
  checkOptions,
  COUNT,
  FROM_ZERO,
  OBJECT,
  oneOf,
  type OptionRules,
  PROGRAM,
  SIGNAL,
  TEXT,
} from "../options/check_options.ts";
import { FALLBACK_DEFAULTS, FALLBACK_RULES } from "../transcription/windows/fallback_options.ts";
import { AUDIO_CONTEXTS, type AudioContext } from "../transcription/windows/window_encoder.ts";
import type { TranscribeOptions } from "../transcription/transcribe_options.ts";
import { VAD_RULES, type VadOptions, type VadSettings, vadSettings } from "../vad/vad_options.ts";
import { PCM_FORMATS, type PcmFormat } from "./pcm_samples.ts";

/** How sound that comes in is transcribed. */
export interface LiveOptions extends
  Pick<DecodingOptions, "task" | "language" | "suppressTokens">,
  Pick<
    TranscribeOptions,
    | "temperature"
    | "compressionRatioThreshold"
    | "logprobThreshold"
    | "noSpeechThreshold"
    | "conditionOnPreviousText"
    | "initialPrompt"
    | "ffmpeg"
    | "audioTrack"
    | "signal"
    | "onLanguage"
    | "onWarning"
  > {
  /**
   * Samples a second of each channel.
   *
   * @default {16000}
   */
  sampleRate?: number;
  /**
   * Channels, interleaved; they are mixed.
   *
   * @default {1}
   */
  channels?: number;
  /**
   * What bytes are: raw samples; `"auto"` for a file that is known by how it begins, or else `s16le`; `"file"` for a file
   * of any format. A WAV file is heard as it comes, others when they have come to their end; text, a picture or an archive
   * is an `AudioDecodeError`. `Float32Array`s have full scale 1, `Int16Array`s 32768, whatever this is.
   *
   * @default {"auto"}
   */
  format?: PcmFormat | "auto" | "file";
  /**
   * Seconds of new sound after which an utterance is heard again while it is spoken; `Infinity` gives finished ones only.
   * A machine that is not done by then hears it again later.
   *
   * @default {0.5}
   */
  interval?: number;
  /**
   * Seconds after which a word is final, even if the model is not sure yet.
   *
   * @default {5}
   */
  maxDelay?: number;
  /**
   * How utterances are told apart: the pauses of `minSilenceDuration` are their borders, and `maxSpeechDuration`, 28 at
   * most, is the longest. The defaults are these two, and `speechPad`; else those of `transcribe`.
   *
   * @default {silence of 0.6 s, a pad of 0.3 s, speech of 20 s}
   */
  vad?: VadOptions;
  /**
   * How much of a window is encoded while an utterance is spoken, as in `transcribe`; `"full"` takes longer. When it has
   * ended, all is.
   *
   * @default {"fit"}
   */
  audioContext?: AudioContext;
  /**
   * Called when somebody begins to speak and when it ends, in seconds from the start of the stream: before what was said
   * is heard to its end. One who speaks on and on ends and begins at the same time.
   */
  onSpeech?: (kind: "start" | "end", time: number) => void;
}

const DEFAULTS = {
  sampleRate: 16000,
  channels: 1,
  format: "auto",
  interval: 0.5,
  maxDelay: 5,
  audioContext: "fit",
  ...FALLBACK_DEFAULTS,
} satisfies LiveOptions;

/** The longest utterance that a window of 30 s has room for, with its pads. */
const LONGEST = 28;

const VAD_DEFAULTS = {
  threshold: 0.5,
  minSpeechDuration: 0.25,
  minSilenceDuration: 0.6,
  speechPad: 0.3,
  maxSpeechDuration: 20,
} as const;

/** The options with their defaults filled in. */
export type LiveSettings =
  & Omit<LiveOptions, "vad">
  & Required<Pick<LiveOptions, keyof typeof DEFAULTS>>
  & {
    readonly vad: VadSettings;
    /** The settings of each attempt, one a temperature. */
    readonly ladder: readonly DecodingSettings[];
  };

/** What a stream of bytes may be. */
export const LIVE_FORMATS = ["auto", "file", ...PCM_FORMATS] as const;

const SECONDS = [
  "seconds above 0, or Infinity",
  (value: unknown) => typeof value === "number" && value > 0,
] as const;

const RULES: OptionRules<LiveOptions> = {
  task: DECODING_RULES.task,
  language: DECODING_RULES.language,
  suppressTokens: DECODING_RULES.suppressTokens,
  ...FALLBACK_RULES,
  initialPrompt: TEXT,
  signal: SIGNAL,
  ffmpeg: PROGRAM,
  audioTrack: FROM_ZERO,
  onLanguage: CALLBACK,
  onWarning: CALLBACK,
  sampleRate: [
    `a whole number of samples a second, from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE}`,
    (value) => Number.isSafeInteger(value) && isSampleRate(value as number),
  ],
  channels: COUNT,
  format: oneOf(LIVE_FORMATS),
  interval: SECONDS,
  maxDelay: SECONDS,
  vad: ["options as { minSilenceDuration: 0.6 }", OBJECT[1]],
  audioContext: oneOf(AUDIO_CONTEXTS),
  onSpeech: CALLBACK,
};

const ELSEWHERE = {
  wordTimestamps: "words always have their times",
  vadFilter: 'it is always on, and its options are "vad"',
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} when an option is unknown or of the wrong type.
 * @throws {RangeError} when a number is out of range.
 */
export function liveSettings(options: LiveOptions): LiveSettings {
  const { vad = {}, ...given } = checkOptions("transcribe a stream", options, RULES, ELSEWHERE);
  const settings = { ...DEFAULTS, ...given };
  const { task, language, suppressTokens } = given;
  checkOptions("transcribe a stream", vad, {
    ...VAD_RULES,
    maxSpeechDuration: [
      `seconds from 1 to ${LONGEST}`,
      (value) => typeof value === "number" && value >= 1 && value <= LONGEST,
    ],
  });
  return {
    ...settings,
    vad: vadSettings("transcribe a stream", vad, VAD_DEFAULTS),
    ladder: [settings.temperature].flat().map((temperature) =>
      decodingSettings({
        task,
        language,
        suppressTokens,
        temperature,
        // Words have times of their own.
        withoutTimestamps: true,
        ...(temperature > 0 && { bestOf: 1 }),
      })
    ),
  };
}

/**
 * How speech is told from the rest: the options of voice activity detection, their defaults and what they must be. The
 * names are those of Silero VAD and faster-whisper, in seconds.
 */
import { outOfRange } from "../errors.ts";
import {
  BOOLEAN,
  checkOptions,
  isAboveZero,
  OBJECT,
  type OptionRule,
  type OptionRules,
  SECONDS,
} from "../options/check_options.ts";

/** When sound is speech. */
export interface VadOptions {
  /**
   * The probability, from 0 to 1, from which a frame of 32 ms begins speech.
   *
   * @default {0.5}
   */
  readonly threshold?: number;
  /**
   * The probability below which a frame may end speech, `threshold` at most; between the two, what was goes on.
   *
   * @default {threshold - 0.15, at least 0.01}
   */
  readonly negThreshold?: number;
  /**
   * Seconds; shorter speech is left out.
   *
   * @default {0.25}
   */
  readonly minSpeechDuration?: number;
  /**
   * Seconds of silence that end a stretch of speech; shorter ones belong to it. `detectSpeech` has 0.1, as Silero VAD
   * has; `transcribe` has 2, as faster-whisper has: a pause within a sentence is worth hearing.
   */
  readonly minSilenceDuration?: number;
  /**
   * Seconds added before and after a stretch of speech; two that meet share the silence between them. `detectSpeech` has
   * 0.03, as Silero VAD has; `transcribe` has 0.4, as faster-whisper has.
   */
  readonly speechPad?: number;
  /**
   * Seconds; a longer stretch of speech is cut in its longest pause, or where speech is least probable.
   *
   * @default {Infinity}
   */
  readonly maxSpeechDuration?: number;
}

/** The options with their defaults filled in. */
export type VadSettings = Required<VadOptions>;

/** What the two uses have in common. */
const COMMON = { threshold: 0.5, minSpeechDuration: 0.25, maxSpeechDuration: Infinity } as const;

/** The defaults of `detectSpeech`: Silero VAD's. */
export const DETECTION_DEFAULTS = { ...COMMON, minSilenceDuration: 0.1, speechPad: 0.03 } as const;

/** The defaults of `transcribe`: faster-whisper's, but for the shortest speech, which is Silero VAD's and whisper.cpp's. */
export const TRANSCRIPTION_DEFAULTS = { ...COMMON, minSilenceDuration: 2, speechPad: 0.4 } as const;

/** How far below the threshold speech still goes on. */
const HYSTERESIS = 0.15;
const LOWEST_NEG_THRESHOLD = 0.01;

/** The shortest that the longest speech may be: less is no speech, only pieces of words. */
const SHORTEST_MAXIMUM = 1;

const PROBABILITY: OptionRule = [
  "a probability above 0 and below 1",
  (value) => isAboveZero(value) && value as number < 1,
];

/** What each option must be. */
export const VAD_RULES: OptionRules<VadOptions> = {
  threshold: PROBABILITY,
  negThreshold: PROBABILITY,
  minSpeechDuration: SECONDS,
  minSilenceDuration: SECONDS,
  speechPad: SECONDS,
  maxSpeechDuration: [
    `seconds from ${SHORTEST_MAXIMUM} up, or Infinity`,
    (value) => typeof value === "number" && value >= SHORTEST_MAXIMUM,
  ],
};

/** A rule for `true`, `false`, or options. */
export const VAD: OptionRule = [
  "true, false or options as { threshold: 0.5 }",
  (value) => BOOLEAN[1](value) || OBJECT[1](value),
];

/**
 * Checks the options and fills in defaults.
 *
 * @param action What is being done, for messages.
 * @throws {TypeError | RangeError} when an option is unknown or wrong, or speech would end at a higher probability than it
 * begins at.
 */
export function vadSettings(
  action: string,
  options: VadOptions,
  defaults: Omit<VadSettings, "negThreshold">,
): VadSettings {
  const settings = { ...defaults, ...checkOptions(action, options, VAD_RULES) };
  const { threshold } = settings;
  const usual = Math.min(Math.max(threshold - HYSTERESIS, LOWEST_NEG_THRESHOLD), threshold);
  const { negThreshold = usual } = settings;
  if (negThreshold > threshold) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot ${action}: negThreshold is ${negThreshold}, wanted no more than threshold is, ${threshold}`,
    );
  }
  return { ...settings, negThreshold };
}

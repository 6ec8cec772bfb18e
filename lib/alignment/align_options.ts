/** The options of `align`, and what they must be. */
import {
  CALLBACK,
  checkOptions,
  FROM_ZERO,
  HEARING,
  type OptionRules,
  PROGRAM,
  SIGNAL,
  TEXT,
} from "../options/check_options.ts";
import { DECODING_RULES } from "../decoding/options.ts";
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "../transcription/punctuation.ts";
import type { TranscribeOptions } from "../transcription/transcribe_options.ts";
import { VAD } from "../vad/vad_options.ts";

/** How a text is aligned with audio. */
export interface AlignOptions extends
  Pick<
    TranscribeOptions,
    | "language"
    | "vad"
    | "ffmpeg"
    | "audioTrack"
    | "signal"
    | "onProgress"
    | "onLanguage"
    | "onWarning"
    | "prependPunctuations"
    | "appendPunctuations"
  > {
  /**
   * Which channel is heard, from 0, or `"mix"` for all of them.
   *
   * @default {"mix"}
   */
  readonly channel?: "mix" | number;
  /**
   * An integer that decides what is sampled where the sound is hard: with another, other words may be heard there. The
   * same gives the same times.
   *
   * @default {0}
   */
  readonly seed?: number;
}

/** Align options with their defaults filled in. */
export type AlignSettings =
  & AlignOptions
  & Required<Pick<AlignOptions, "seed" | "prependPunctuations" | "appendPunctuations">>;

const RULES: OptionRules<AlignOptions> = {
  language: DECODING_RULES.language,
  vad: VAD,
  ffmpeg: PROGRAM,
  audioTrack: FROM_ZERO,
  channel: HEARING,
  seed: DECODING_RULES.seed,
  prependPunctuations: TEXT,
  appendPunctuations: TEXT,
  signal: SIGNAL,
  onProgress: CALLBACK,
  onLanguage: CALLBACK,
  onWarning: CALLBACK,
};

/** Parameters of transcribing that say nothing here. */
const ELSEWHERE = {
  wordTimestamps: "words always have their times",
  task: "the text is in the language that is spoken",
};

/**
 * Checks the options of `align` and fills in the defaults.
 *
 * @throws {TypeError | RangeError} when one is unknown or wrong.
 */
export function alignSettings(options: AlignOptions): AlignSettings {
  const given = checkOptions("align", options, RULES, ELSEWHERE);
  return {
    seed: 0,
    prependPunctuations: PREPEND_PUNCTUATIONS,
    appendPunctuations: APPEND_PUNCTUATIONS,
    ...given,
  };
}

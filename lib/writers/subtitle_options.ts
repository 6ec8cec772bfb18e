/** How subtitles are laid out, and what the options must be. */
import {
  BOOLEAN,
  checkOptions,
  isNotNegative,
  type OptionRule,
  type OptionRules,
} from "../options/check_options.ts";

/** How subtitles are laid out. Nothing of it counts unless all segments have words; 0 is no limit. */
export interface SubtitleOptions {
  /**
   * The most characters of a line.
   *
   * @default {1000}
   */
  readonly maxLineWidth?: number | null;
  /**
   * The most lines of a cue. With `maxLineWidth`, cues may also run over the ends of segments.
   *
   * @default {undefined} no limit
   */
  readonly maxLineCount?: number | null;
  /**
   * The most words of a cue; of no use with `maxLineWidth`.
   *
   * @default {1000}
   */
  readonly maxWordsPerLine?: number | null;
  /**
   * Whether each word gets a cue in which it is underlined, with `<u>`.
   *
   * @default {false}
   */
  readonly highlightWords?: boolean;
  /** The words of a lower confidence than this are marked: 0 to 1. Default: none is. */
  readonly highlightUnsure?: number | null;
  /**
   * The most characters a second that a cue may ask of who reads it: one that has more stays longer, until the next
   * comes. Broadcasters want 15 to 20. Default: no limit.
   */
  readonly maxCharsPerSecond?: number | null;
  /** The least seconds between two cues, taken from the end of the first. Default: none. */
  readonly minGap?: number | null;
}

const LIMIT: OptionRule = [
  "a whole number from 0 up, or null for no limit",
  (value) => value === null || (isNotNegative(value) && Number.isSafeInteger(value)),
];

const SUBTITLE_RULES: OptionRules<SubtitleOptions> = {
  maxLineWidth: LIMIT,
  maxLineCount: LIMIT,
  maxWordsPerLine: LIMIT,
  highlightWords: BOOLEAN,
  highlightUnsure: [
    "a confidence from 0 to 1, or null for none",
    (value) => value === null || isNotNegative(value) && value as number <= 1,
  ],
  maxCharsPerSecond: ["a number from 0 up, or null for no limit", isNotNegativeOrNull],
  minGap: ["seconds from 0 up, or null for none", isNotNegativeOrNull],
};

function isNotNegativeOrNull(value: unknown): boolean {
  return value === null || isNotNegative(value);
}

/**
 * Checks how subtitles are to be laid out.
 *
 * @throws {TypeError} when an option is unknown or of the wrong type.
 * @throws {RangeError} when a limit is not a whole number from 0 on.
 */
export function checkSubtitleOptions(options: SubtitleOptions): void {
  checkOptions("lay out subtitles", options, SUBTITLE_RULES);
}

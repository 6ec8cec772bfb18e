/** What is shown when: the cues of subtitles. `SubtitlesWriter` of openai/whisper's `utils.py`. */
import {
  BOOLEAN,
  checkOptions,
  isNotNegative,
  type OptionRule,
  type OptionRules,
} from "../options/check_options.ts";
import { characterCount, strip, WHITESPACE } from "../python/python_text.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import { type ClockOptions, formatTimestamp } from "./timestamp.ts";

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
}

/** A text and when it is shown. */
export interface Cue {
  /** When it appears, spelt. */
  readonly start: string;
  /** When it goes, spelt. */
  readonly end: string;
  /** What is shown, perhaps of several lines. */
  readonly text: string;
  /** Which channel it was said on, if there are several. */
  readonly channel?: number;
}

/** The most characters of a line and words of a cue where there is no limit. */
const UNLIMITED = 1000;

/** A pause that ends a cue, in seconds, where cues may run over the ends of segments. */
const LONG_PAUSE = 3;

const HIGHLIGHT = /<\/?u>/g;

const LEADING_SPACE_AND_REST = new RegExp(`^([${WHITESPACE}]*)([^\\n]*)(\\n?)$`);

/**
 * Lays out the cues of a transcription.
 *
 * @throws {RangeError} when a limit is not a whole number from 0 on.
 */
export function* cues(
  segments: readonly Segment[],
  options: SubtitleOptions,
  clock: ClockOptions,
): Generator<Cue> {
  checkSubtitleOptions(options);
  // Differs from whisper: words are used if every segment has them. There the first decides, and a segment
  // without words after it is a KeyError.
  const haveWords = segments.every(({ words }) => words !== undefined);
  // A line of a known text that nobody says is not shown.
  for (const run of runsOfChannels(segments.filter(({ spoken }) => spoken !== false))) {
    const { channel } = run[0];
    for (const { text, ...times } of haveWords ? layOutWords(run, options, clock) : layOut(run, clock)) {
      // Differs from whisper: where there is no text there is no cue; there it is empty.
      if (strip(text.replaceAll(HIGHLIGHT, "")) === "") continue;
      yield { ...times, text: withoutEnds(text), ...(channel !== undefined && { channel }) };
    }
  }
}

/** Cuts the segments where the channel changes: no cue has words of two. */
function runsOfChannels(segments: readonly Segment[]): Segment[][] {
  const runs: Segment[][] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    if (run !== undefined && run[0].channel === segment.channel) run.push(segment);
    else runs.push([segment]);
  }
  return runs;
}

/**
 * Takes from a text what would end its cue: arrows and empty lines.
 * Differs from whisper: there `-->` is shortened in the texts of segments, and not in words.
 */
function withoutEnds(text: string): string {
  return text.replaceAll(/-{2,}>/g, "->").replaceAll(/\n\s*\n/g, "\n");
}

function* layOut(segments: readonly Segment[], clock: ClockOptions): Generator<Cue> {
  for (const { start, end, text } of segments) {
    yield { start: formatTimestamp(start, clock), end: formatTimestamp(end, clock), text: strip(text) };
  }
}

function* layOutWords(
  segments: readonly Segment[],
  options: SubtitleOptions,
  clock: ClockOptions,
): Generator<Cue> {
  for (const words of groupWords(segments, options)) {
    if (options.highlightWords) {
      yield* highlightedCues(words, clock);
    } else {
      const start = formatTimestamp(words[0].start, clock);
      const end = formatTimestamp(words[words.length - 1].end, clock);
      yield { start, end, text: joinWords(words) };
    }
  }
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
};

/**
 * Checks how subtitles are to be laid out.
 *
 * @throws {TypeError} when an option is unknown or of the wrong type.
 * @throws {RangeError} when a limit is not a whole number from 0 on.
 */
export function checkSubtitleOptions(options: SubtitleOptions): void {
  checkOptions("lay out subtitles", options, SUBTITLE_RULES);
}

/** Groups words into cues; a word that starts a line after the first has a newline before it. */
function* groupWords(segments: readonly Segment[], options: SubtitleOptions): Generator<Word[]> {
  const maxLineWidth = options.maxLineWidth || UNLIMITED;
  const maxLineCount = options.maxLineCount || undefined;
  const preserveSegments = !options.maxLineWidth || maxLineCount === undefined;
  let group: Word[] = [];
  let lineLength = 0;
  let lineCount = 1;
  let last = firstStart(segments);
  for (const chunk of chunks(segments, options.maxWordsPerLine || UNLIMITED)) {
    for (const [i, original] of chunk.entries()) {
      const word = { ...original };
      const longPause = !preserveSegments && word.start - last > LONG_PAUSE;
      const chunkBreak = i === 0 && group.length > 0 && preserveSegments;
      const length = characterCount(word.word);
      if (lineLength > 0 && lineLength + length <= maxLineWidth && !longPause && !chunkBreak) {
        lineLength += length;
      } else {
        word.word = strip(word.word);
        const isFull = maxLineCount !== undefined && (longPause || lineCount >= maxLineCount);
        const isLineBreak = lineLength > 0;
        lineLength = characterCount(word.word);
        if (group.length > 0 && isFull || chunkBreak) {
          yield group;
          group = [];
          lineCount = 1;
        } else if (isLineBreak) {
          lineCount++;
          word.word = `\n${word.word}`;
        }
      }
      group.push(word);
      last = word.start;
    }
  }
  if (group.length > 0) yield group;
}

function firstStart(segments: readonly Segment[]): number {
  return segments.find(({ words }) => words?.length)?.words?.[0].start ?? segments[0]?.start ?? 0;
}

/** The words of each segment, at most `size` at once. */
function* chunks(segments: readonly Segment[], size: number): Generator<Word[]> {
  for (const { words = [] } of segments) {
    for (let i = 0; i < words.length; i += size) yield words.slice(i, i + size);
  }
}

/** A cue for each word, and one without highlight for each pause. */
function* highlightedCues(words: readonly Word[], clock: ClockOptions): Generator<Cue> {
  let last = formatTimestamp(words[0].start, clock);
  for (const [i, word] of words.entries()) {
    const start = formatTimestamp(word.start, clock);
    const end = formatTimestamp(word.end, clock);
    if (last !== start) yield { start: last, end: start, text: joinWords(words) };
    const shown = words.map((other, j) => j === i ? { word: underline(other.word) } : other);
    yield { start, end, text: joinWords(shown) };
    last = end;
  }
}

function underline(word: string): string {
  return word.replace(LEADING_SPACE_AND_REST, "$1<u>$2</u>$3");
}

function joinWords(words: readonly { word: string }[]): string {
  return words.map(({ word }) => word).join("");
}

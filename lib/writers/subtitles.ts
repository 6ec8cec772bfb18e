/** What is shown when: the cues of subtitles. `SubtitlesWriter` of openai/whisper's `utils.py`. */
import { characterCount, strip, WHITESPACE } from "../python/python_text.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import type { Cue } from "./cue.ts";
import { withReadingTime } from "./reading_time.ts";
import { checkSubtitleOptions, type SubtitleOptions } from "./subtitle_options.ts";
import { isSpoken, sureness } from "./transcript.ts";
import type { Voice } from "./voice_name.ts";

/** The most characters of a line and words of a cue where there is no limit. */
const UNLIMITED = 1000;

/** A pause that ends a cue, in seconds, where cues may run over the ends of segments. */
const LONG_PAUSE = 3;

/** What underlines a word. */
const HIGHLIGHT = /<\/?u>/g;

const LEADING_SPACE_AND_REST = new RegExp(`^([${WHITESPACE}]*)([^\\n]*)(\\n?)$`);

/** How a format writes text. */
export interface CueSpelling {
  /** How an unsure word is written, where `highlightUnsure` asks for it. @default {as it is} */
  readonly markUnsure?: (word: string) => string;
  /** How characters are written that mean something else there. @default {as they are} */
  readonly escape?: (text: string) => string;
  /** How many characters are shown before the first line of a cue, to tell whose voice it is. @default {none} */
  readonly indent?: (voice: Voice) => number;
}

/**
 * Lays out the cues of a transcription.
 *
 * @throws {RangeError} when a limit is not a whole number from 0 on.
 */
export function* cues(
  segments: readonly Segment[],
  options: SubtitleOptions,
  { markUnsure = asItIs, escape = asItIs, indent = unnamed }: CueSpelling = {},
): Generator<Cue> {
  checkSubtitleOptions(options);
  // Differs from whisper: words are used if every segment has them. There the first decides, and a segment
  // without words after it is a KeyError.
  const haveWords = segments.every(({ words }) => words !== undefined);
  // A line of a known text that nobody says is not shown.
  const said = segments.filter(isSpoken);
  const spelling = { markUnsure, escape, indent };
  for (const cue of withReadingTime(layOutRuns(said, options, haveWords, spelling), options)) {
    // Words are escaped before they are marked; other text once its characters were counted.
    yield cue.words === undefined ? { ...cue, text: escape(cue.text) } : cue;
  }
}

function asItIs(text: string): string {
  return text;
}

function unnamed(): number {
  return 0;
}

function* layOutRuns(
  segments: readonly Segment[],
  options: SubtitleOptions,
  haveWords: boolean,
  spelling: Required<CueSpelling>,
): Generator<Cue> {
  for (const run of runsOfVoices(segments)) {
    const { channel, speaker } = run[0];
    const voice = { ...(channel !== undefined && { channel }), ...(speaker !== undefined && { speaker }) };
    for (const { text, ...cue } of haveWords ? layOutWords(run, options, spelling) : layOut(run)) {
      // Differs from whisper: where there is no text there is no cue; there it is empty.
      const said = cue.words?.map(({ word }) => word).join("") ?? text;
      if (strip(said.replaceAll(HIGHLIGHT, "")) === "") continue;
      yield { ...cue, text: withoutEnds(text), ...voice };
    }
  }
}

/** Cuts the segments where the channel or the speaker changes: no cue has words of two. */
function runsOfVoices(segments: readonly Segment[]): Segment[][] {
  const runs: Segment[][] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    const isSame = run?.[0].channel === segment.channel && run?.[0].speaker === segment.speaker;
    if (run !== undefined && isSame) run.push(segment);
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

function* layOut(segments: readonly Segment[]): Generator<Cue> {
  for (const { start, end, text } of segments) yield { start, end, text: strip(text) };
}

function* layOutWords(
  segments: readonly Segment[],
  options: SubtitleOptions,
  { markUnsure, escape, indent }: Required<CueSpelling>,
): Generator<Cue> {
  const { highlightWords, highlightUnsure } = options;
  const spell = (word: Word) => {
    const text = escape(word.word);
    return highlightUnsure && sureness(word) < highlightUnsure ? inside(text, markUnsure) : text;
  };
  for (const words of groupWords(segments, options, indent(segments[0]))) {
    if (highlightWords) {
      yield* highlightedCues(words, spell);
    } else {
      const { start } = words[0], { end } = words[words.length - 1];
      yield { start, end, text: words.map(spell).join(""), words };
    }
  }
}

/**
 * Groups words into cues; a word that starts a line after the first has a newline before it.
 *
 * @param indent How many characters stand before the first line of a cue.
 */
function* groupWords(
  segments: readonly Segment[],
  options: SubtitleOptions,
  indent: number,
): Generator<Word[]> {
  const maxLineWidth = options.maxLineWidth || UNLIMITED;
  const maxLineCount = options.maxLineCount || undefined;
  const preserveSegments = !options.maxLineWidth || maxLineCount === undefined;
  let group: Word[] = [];
  let lineLength = 0;
  let lineCount = 1;
  // Before the first word is no pause.
  let last = Infinity;
  for (const chunk of chunks(segments, options.maxWordsPerLine || UNLIMITED)) {
    for (const [i, original] of chunk.entries()) {
      const word = { ...original, word: options.maxLineWidth ? unbroken(original) : original.word };
      const longPause = !preserveSegments && word.start - last > LONG_PAUSE;
      const chunkBreak = i === 0 && group.length > 0 && preserveSegments;
      const length = characterCount(word.word);
      if (lineLength > 0 && lineLength + length <= maxLineWidth && !longPause && !chunkBreak) {
        lineLength += length;
      } else {
        word.word = strip(word.word);
        const isFull = maxLineCount !== undefined && (longPause || lineCount >= maxLineCount);
        const isLineBreak = lineLength > 0, width = characterCount(word.word);
        if (group.length > 0 && isFull || chunkBreak) {
          yield group;
          group = [];
          lineCount = 1;
        } else if (isLineBreak) {
          lineCount++;
          word.word = `\n${word.word}`;
        }
        lineLength = (group.length === 0 ? indent : 0) + width;
      }
      group.push(word);
      last = word.start;
    }
  }
  if (group.length > 0) yield group;
}

/** A word of a known text (`spoken` is told of those) as it is where another line than the text's may begin before it. */
function unbroken({ word, spoken }: Word): string {
  return spoken === undefined ? word : word.replace(/^\n/, " ");
}

/** The words of each segment, at most `size` at once. */
function* chunks(segments: readonly Segment[], size: number): Generator<Word[]> {
  for (const { words = [] } of segments) {
    for (let i = 0; i < words.length; i += size) yield words.slice(i, i + size);
  }
}

/** A cue for each word, and one without highlight for each pause. */
function* highlightedCues(words: readonly Word[], spell: (word: Word) => string): Generator<Cue> {
  const plain = words.map(spell);
  let last = words[0].start;
  for (const [i, { start, end }] of words.entries()) {
    // What is a pause is told by what is written.
    if (milliseconds(last) !== milliseconds(start)) {
      yield { start: last, end: start, text: plain.join(""), words };
    }
    const text = plain.with(i, inside(plain[i], (word) => `<u>${word}</u>`)).join("");
    yield { start, end, text, words };
    last = end;
  }
}

function milliseconds(seconds: number): number {
  return roundHalfEven(seconds * 1000);
}

/** Marks a word inside the space around it. */
function inside(word: string, mark: (word: string) => string): string {
  const [, space, rest, newline] = LEADING_SPACE_AND_REST.exec(word) ?? [];
  return rest === undefined ? word : `${space}${mark(rest)}${newline}`;
}

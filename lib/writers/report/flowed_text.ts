/** Text in boxes of a width, without a font at hand: widths are reckoned, and so err. */
import { strip } from "../../python/python_text.ts";
import { displayWidth } from "../../text/display_width.ts";
import type { Segment, TimeSpan } from "../../transcription/segments.ts";
import { confidenceLevel } from "./confidence.ts";

/** A word to be set, with the space before it. */
export interface SetWord {
  readonly text: string;
  /** The step of its confidence; 0 where nothing is known of it. */
  readonly level: number;
}

/** A word's width as a share of the size of the letters: a column of a terminal is wider than most letters are. */
const COLUMN = 0.54;

/** How wide a text is, in letters' size. */
export function textWidth(text: string): number {
  return COLUMN * displayWidth(text);
}

/**
 * The words of a segment that are said in a stretch. Where words have no times they are taken to follow each other
 * evenly.
 */
export function wordsSaidIn({ start, end, text, words }: Segment, stretch: TimeSpan): SetWord[] {
  const timed = words?.length ? words : strip(text).split(/(?<=\s)(?=\S)/).map((word, i, all) => ({
    word: ` ${word.trimEnd()}`,
    start: start + (end - start) * i / all.length,
    probability: NaN,
  }));
  return timed.filter(({ start, word }) =>
    start >= stretch.start && start < stretch.end && strip(word) !== ""
  )
    .map((word) => ({ text: word.word, level: confidenceLevel(word) }));
}

/**
 * Breaks words into lines.
 *
 * @param width How wide a line may be, in letters' size. A word that is wider has a line of its own.
 */
export function linesOf(words: readonly SetWord[], width: number): SetWord[][] {
  const lines: SetWord[][] = [];
  let used = Infinity;
  for (const word of words) {
    if (used + textWidth(word.text) > width) {
      lines.push([]);
      used = 0;
    }
    const text = used === 0 ? word.text.trimStart() : word.text;
    lines[lines.length - 1].push({ ...word, text });
    used += textWidth(text);
  }
  return lines;
}

/**
 * Segments people can use: the words of a transcription, cut anew where sentences end, or where a segment would become too
 * long, at the best place before: the end of a sentence, a comma, a pause. Words keep their times.
 */
import { outOfRange, wrongArgument } from "../errors.ts";
import { show } from "../options/check_options.ts";
import { characterCount, strip } from "../python/python_text.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import { adviseRegrouping, isRegrouping, LIMITS, type Regrouping, type RegroupLimits } from "./regrouping.ts";
import { endsClause, endsSentence } from "./sentence_ends.ts";

export type { Regrouping, RegroupLimits };

/** A pause that ends a sentence whether or not it has its full stop, in seconds. */
const LONG_PAUSE = 3;

/** Words of a sentence that never ends. */
const MOST_WORDS = 200;

/** A word and the segment it came in. */
export interface PlacedWord {
  readonly word: Word;
  readonly segment: Segment;
}

/**
 * Cuts and joins segments.
 *
 * A new segment has the scores of those its words came in, weighted by words, and their tokens; where a segment was cut,
 * `tokens` is empty.
 *
 * @throws {TypeError | RangeError} when a limit is wrong, or a segment has no words.
 *
 * @example Subtitles of whole sentences
 * ```ts ignore
 * const { segments } = await model.transcribe("talk.mp3", { wordTimestamps: true });
 * for (const { text } of regroup(segments, "sentence")) console.log(text);
 * ```
 */
export function regroup(segments: readonly Segment[], how: Regrouping): Segment[] {
  const regrouper = new Regrouper(how);
  if (!Array.isArray(segments)) {
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot regroup: got ${show(segments)}, wanted the segments of a transcription`,
    );
  }
  return [...segments.flatMap((segment) => regrouper.push(segment)), ...regrouper.finish()];
}

/** Cuts and joins segments as they come. */
export class Regrouper {
  readonly #how: Regrouping;
  #open: PlacedWord[] = [];
  #id = 0;

  /** @throws {RangeError} when a limit is wrong. */
  constructor(how: Regrouping) {
    if (!isRegrouping(how)) {
      const advice = adviseRegrouping(how);
      throw outOfRange(
        "INVALID_OPTION",
        `Cannot regroup by ${show(how)}: wanted "sentence", or numbers above 0 as ${LIMITS.join(", ")}${
          advice && `; ${advice}`
        }`,
      );
    }
    this.#how = how;
  }

  /**
   * Takes a segment, and gives those that are complete.
   *
   * @throws {TypeError} when it has text and no words.
   */
  push(segment: Segment): Segment[] {
    const { words } = segment;
    if (words === undefined && segment.text !== "") {
      throw wrongArgument(
        "INVALID_INPUT",
        "Cannot regroup: a segment has no words; transcribe with wordTimestamps",
      );
    }
    const done: Segment[] = [];
    for (const word of words ?? []) done.push(...this.#take({ word, segment }));
    return done;
  }

  /** Gives what is left. */
  finish(): Segment[] {
    return this.#close(this.#open.length);
  }

  #take(next: PlacedWord): Segment[] {
    const done: Segment[] = [];
    const last = this.#open.at(-1);
    if (last !== undefined && isApart(last, next, this.#how)) done.push(...this.#close(this.#open.length));
    while (this.#open.length > 0 && this.#isFull([...this.#open, next])) {
      done.push(...this.#close(bestCut(this.#open)));
    }
    this.#open.push(next);
    if (this.#how === "sentence" && endsSentence(next.word.word)) {
      done.push(...this.#close(this.#open.length));
    }
    return done;
  }

  #isFull(words: readonly PlacedWord[]): boolean {
    if (this.#how === "sentence") return words.length > MOST_WORDS;
    const { maxChars = Infinity, maxDuration = Infinity } = this.#how;
    return characterCount(strip(textOf(words))) > maxChars ||
      words[words.length - 1].word.end - words[0].word.start > maxDuration;
  }

  #close(count: number): Segment[] {
    const words = this.#open.splice(0, count);
    return words.length === 0 ? [] : [segmentOfWords(words, this.#id++)];
  }
}

/** Whether two words that follow each other never stand in one segment. */
function isApart(last: PlacedWord, next: PlacedWord, how: Regrouping): boolean {
  if (last.segment.channel !== next.segment.channel || last.word.speaker !== next.word.speaker) return true;
  const { maxGap = Infinity } = how === "sentence" ? { maxGap: LONG_PAUSE } : how;
  return next.word.start - last.word.end > maxGap;
}

/** After how many words a segment that is full is cut: in its second half, where the sense allows it best. */
function bestCut(words: readonly PlacedWord[]): number {
  let best = words.length, score = 0;
  for (let count = words.length - 1; count > words.length / 2; count--) {
    const { word, end } = words[count - 1].word;
    const pause = words[count].word.start - end;
    const found = endsSentence(word) ? 3 : endsClause(word) ? 2 : pause >= 0.3 ? 1 : 0;
    if (found > score) [best, score] = [count, found];
  }
  return endsSentence(words[words.length - 1].word.word) ? words.length : best;
}

function textOf(words: readonly PlacedWord[]): string {
  return words.map(({ word }) => word.word).join("");
}

/** Makes a segment of words that follow each other. */
export function segmentOfWords(words: readonly PlacedWord[], id: number): Segment {
  const origins = [...new Set(words.map(({ segment }) => segment))];
  const isWhole = words.length === origins.reduce((sum, { words }) => sum + (words?.length ?? 0), 0);
  const mean = (name: "temperature" | "avgLogprob" | "compressionRatio" | "noSpeechProb") =>
    words.reduce((sum, { segment }) => sum + segment[name], 0) / words.length;
  const { seek, channel } = words[0].segment, { speaker } = words[0].word;
  return {
    id,
    seek,
    start: words[0].word.start,
    end: words[words.length - 1].word.end,
    text: textOf(words),
    tokens: isWhole ? origins.flatMap(({ tokens }) => tokens) : [],
    temperature: mean("temperature"),
    avgLogprob: mean("avgLogprob"),
    compressionRatio: mean("compressionRatio"),
    noSpeechProb: mean("noSpeechProb"),
    words: words.map(({ word }) => word),
    ...(channel !== undefined && { channel }),
    ...(speaker !== undefined && { speaker }),
  };
}

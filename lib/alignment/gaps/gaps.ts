/**
 * The parts of the text that were not heard word for word, between those that were; and the windows of sound in which
 * they are looked for.
 */
import type { TimeSpan, Word } from "../../transcription/segments.ts";
import type { MatchedWord } from "../timed_words.ts";

/** Words of the text without a match, those heard instead, and the time for both. */
export interface Gap {
  /** The words of the text, `[first, end)`. */
  readonly first: number;
  readonly end: number;
  /** The words heard instead, `[heardFirst, heardEnd)`. */
  readonly heardFirst: number;
  readonly heardEnd: number;
  /** From the end of the match before to the start of the one after, in seconds; of either not more than it may last. */
  readonly start: number;
  readonly stop: number;
}

/** A window of sound with the words of the text that are spoken in it, and the gaps among them. */
export interface GapWindow {
  /** The words, `[first, end)`. */
  readonly first: number;
  readonly end: number;
  /** In seconds. */
  readonly start: number;
  readonly stop: number;
  readonly gaps: readonly Gap[];
}

/** How far around what was heard instead a gap reaches, in seconds. */
const REACH = 1;

/** No word is longer, in seconds: one that is has the time of what the transcription skipped beside it. */
const LONGEST_WORD = 1.4;

/** Whether a word has the time of others. */
export function isStretched({ start, end }: TimeSpan): boolean {
  return end - start > LONGEST_WORD;
}

/** The time of a word before a gap, without what it has of the gap's. */
export function withoutGapAfter<Time extends TimeSpan>(time: Time): Time {
  return isStretched(time) ? { ...time, end: time.start + LONGEST_WORD } : time;
}

/** The time of a word after a gap, without what it has of the gap's. */
export function withoutGapBefore<Time extends TimeSpan>(time: Time): Time {
  return isStretched(time) ? { ...time, start: time.end - LONGEST_WORD } : time;
}

/** So many words from what the transcription skipped, one may have the time of it. */
const BESIDE = 3;

/** Matches, without those of words that are heard at the wrong time. */
export interface SettledMatches {
  readonly matches: readonly (MatchedWord | undefined)[];
  /** The words heard whose matches were taken, by their places. */
  readonly misplaced: ReadonlySet<number>;
}

/** So many words in so few seconds are not spoken then: the transcription heard them where they are not. */
const CROWD = 3;
const CROWD_SECONDS = 0.1;

/**
 * Takes their matches from words that are heard at the wrong time: many in no time, and those between a gap of the text
 * and a word beside it that has its time. Where "He was" and a long "not" follow a sentence that was skipped, all three
 * are looked for with it.
 */
export function withoutMisplaced(matches: readonly (MatchedWord | undefined)[]): SettledMatches {
  const settled = [...matches], misplaced = new Set<number>();
  const take = (places: readonly number[]) => {
    for (const i of places) {
      for (let heard = matches[i]!.first; heard <= matches[i]!.last; heard++) misplaced.add(heard);
      settled[i] = undefined;
    }
  };
  take(crowdedWords(matches));
  const apart = [...settled];
  for (const [i, match] of apart.entries()) {
    if (match !== undefined) continue;
    for (const step of [-1, 1]) {
      const between: number[] = [];
      let far = 0;
      for (let by = 1; by <= BESIDE && apart[i + by * step] !== undefined; by++) {
        between.push(i + by * step);
        if (isStretched(apart[i + by * step]!)) far = by;
      }
      // One that stands beside the gap gives its time as it is.
      if (far > 1) take(between.slice(0, far));
    }
  }
  return { matches: settled, misplaced };
}

/** The words that are heard in no time. */
function crowdedWords(matches: readonly (MatchedWord | undefined)[]): number[] {
  const crowded = new Set<number>();
  for (let first = 0; first + CROWD <= matches.length; first++) {
    const crowd = matches.slice(first, first + CROWD);
    const [before, after] = [crowd[0], crowd[CROWD - 1]];
    if (crowd.includes(undefined) || after!.end - before!.start >= CROWD_SECONDS) continue;
    for (let i = first; i < first + CROWD; i++) crowded.add(i);
  }
  return [...crowded];
}

/** Finds the gaps: those of the text and those of what was heard. */
export function findGaps(
  matches: readonly (MatchedWord | undefined)[],
  heard: readonly Word[],
  seconds: number,
  misplaced: ReadonlySet<number> = new Set(),
): Gap[] {
  const gaps: Gap[] = [];
  let first = 0, heardFirst = 0, start = 0;
  const close = (end: number, heardEnd: number, stop: number) => {
    if (first === end && heardFirst === heardEnd) return;
    // Where something was heard the text is there, not in the silence around it, unless it was heard at the wrong time.
    const isThere = heardFirst < heardEnd && !misplaced.has(heardFirst) && !misplaced.has(heardEnd - 1);
    const [from, to] = isThere
      ? [heard[heardFirst].start - REACH, heard[heardEnd - 1].end + REACH]
      : [start, stop];
    const [low, high] = [Math.max(start, from), Math.min(stop, to)];
    gaps.push({ first, end, heardFirst, heardEnd, start: Math.min(low, high), stop: Math.max(low, high) });
  };
  for (const [i, match] of matches.entries()) {
    if (match === undefined) continue;
    close(i, match.first, withoutGapBefore(match).start);
    [first, heardFirst, start] = [i + 1, match.last + 1, withoutGapAfter(match).end];
  }
  close(matches.length, heard.length, Math.max(start, seconds));
  return gaps;
}

/** A gap with all the time between the matches beside it, however far that is from what was heard instead. */
export function wholeGap(gap: Gap, matches: readonly (MatchedWord | undefined)[], seconds: number): Gap {
  const before = matches[gap.first - 1], after = matches[gap.end];
  const start = before === undefined ? 0 : withoutGapAfter(before).end;
  const stop = after === undefined ? seconds : withoutGapBefore(after).start;
  return { ...gap, start, stop: Math.max(start, stop) };
}

/** Seconds of matched speech on either side that a window takes in, so that no gap begins or ends it. */
const CONTEXT = 4;

/** Matched words on either side that it takes at most. */
const CONTEXT_WORDS = 20;

/**
 * Lays windows over gaps, several in one where they fit.
 *
 * @param longest Seconds of a window at most.
 * @returns The windows; a gap that is longer is in none.
 */
export function layWindows(
  gaps: readonly Gap[],
  matches: readonly (MatchedWord | undefined)[],
  longest: number,
): GapWindow[] {
  const windows: GapWindow[] = [];
  let open: GapWindow | undefined;
  for (const gap of gaps) {
    const together = open && goesOn(open.gaps[open.gaps.length - 1], gap.first, matches)
      ? windowOver([...open.gaps, gap], matches, longest)
      : undefined;
    if (together === undefined && open !== undefined) windows.push(open);
    open = together ?? windowOver([gap], matches, longest);
  }
  if (open !== undefined) windows.push(open);
  return windows;
}

/** Whether all words from a gap to the next were heard, and nothing else. */
function goesOn(
  gap: Gap,
  next: number,
  matches: readonly (MatchedWord | undefined)[],
): boolean {
  let last = gap.heardEnd - 1;
  for (let i = gap.end; i < next; i++) {
    const match = matches[i];
    if (match === undefined || match.first > last + 1) return false;
    last = match.last;
  }
  return true;
}

function windowOver(
  gaps: readonly Gap[],
  matches: readonly (MatchedWord | undefined)[],
  longest: number,
): GapWindow | undefined {
  const [before, after] = [gaps[0], gaps[gaps.length - 1]];
  let { first, start } = before, { end, stop } = after;
  if (stop - start > longest) return undefined;
  const side = Math.min(CONTEXT, (longest - (stop - start)) / 2);
  for (let next = before.heardFirst; first > 0 && before.first - first < CONTEXT_WORDS;) {
    const match = matches[first - 1];
    if (match === undefined || match.last + 1 < next || before.start - match.start > side) break;
    [first, start, next] = [first - 1, match.start, match.first];
  }
  for (let last = after.heardEnd - 1; end < matches.length && end - after.end < CONTEXT_WORDS;) {
    const match = matches[end];
    if (match === undefined || match.first > last + 1 || match.end - after.stop > side) break;
    [end, stop, last] = [end + 1, match.end, match.last];
  }
  return { first, end, start, stop, gaps };
}

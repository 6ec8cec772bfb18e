/**
 * Which words of the text are which of those that were heard: the cheapest edits between the two, unit by unit, and of
 * equally cheap ones those that leave text out where there was time to say it. What matches alone among much that does not is
 * taken for chance.
 */
import { alignWords } from "../eval/edit_alignment.ts";
import { endsSentence } from "./known_text.ts";

/**
 * What one word for another costs beside one left out or put in, which cost 1: so that a sentence missing in the text and
 * another added near it do not stand for each other, and leave what is between them unmatched.
 */
const SUBSTITUTION = 1.5;

/** A list of words as units, and to which word each unit belongs. */
export interface Units {
  /** The units in order. */
  readonly units: readonly string[];
  /** The word of each unit. */
  readonly words: readonly number[];
  /** Whether a unit starts a sentence. */
  readonly startsSentence: readonly boolean[];
}

/**
 * A run of matches this short among four times as much that does not match is chance, unless all of the text beside it was
 * heard too.
 */
const SHORT_RUN = 3;
const CHANCE = 4;

/**
 * Takes words for units.
 *
 * @param lines The line of each word, where a line is a sentence also without a full stop.
 */
export function unitsOfWords(
  words: readonly string[],
  split: (word: string) => readonly string[],
  lines: readonly number[] = [],
): Units {
  const units: string[] = [], places: number[] = [], startsSentence: boolean[] = [];
  let starts = true;
  for (const [i, word] of words.entries()) {
    if (i > 0 && lines[i] !== lines[i - 1]) starts = true;
    for (const unit of split(word)) {
      units.push(unit);
      places.push(i);
      startsSentence.push(starts);
      starts = false;
    }
    if (endsSentence(word)) starts = true;
  }
  return { units, words: places, startsSentence };
}

/**
 * Matches the units of the text with those heard.
 *
 * @param unheard How many units may have been said unheard before each of those heard, and after the last.
 * @returns The place of what was heard for each unit of the text, rising; -1 where nothing matches.
 */
export function matchUnits(text: Units, heard: Units, unheard: readonly number[] = []): Int32Array {
  const places = new Int32Array(text.units.length).fill(-1);
  const said: (string | undefined)[] = [], heardPlaces: number[] = [];
  for (let i = 0; i <= heard.units.length; i++) {
    for (let blanks = unheard[i] ?? 0; blanks > 0; blanks--) {
      said.push(undefined);
      heardPlaces.push(-1);
    }
    if (i === heard.units.length) break;
    said.push(heard.units[i]);
    heardPlaces.push(i);
  }
  for (
    const { reference, hypothesis, isMatch } of alignWords(text.units, said, { substitution: SUBSTITUTION })
  ) {
    if (isMatch) places[reference!] = heardPlaces[hypothesis!];
  }
  slideGaps(places, text, heard);
  dropChance(places, heard.units.length);
  return places;
}

/**
 * Moves what is missing, or was said besides, to where sentences start and end, if that makes no more edits: of "he was. He
 * was late. He went" and "he was. He went" the second sentence is missing, not "was late. He".
 */
function slideGaps(places: Int32Array, text: Units, heard: Units): void {
  for (let end = 1; end <= places.length; end++) {
    if (places[end] < 0) continue;
    let start = end;
    while (start > 0 && places[start - 1] < 0) start--;
    const last = start === 0 ? -1 : places[start - 1];
    const next = end < places.length ? places[end] : heard.units.length;
    const misheard = next - last - 1;
    if (start < end && misheard === 0) slideText(places, start, end, text);
    else if (start === end && misheard > 0) slideHeard(places, end, last + 1, next, text, heard);
    else if (end - start > misheard) slideMisheard(places, start, end, misheard, text);
  }
}

/** The text from `start` to `end` is not heard. */
function slideText(places: Int32Array, start: number, end: number, text: Units): void {
  const { units } = text;
  const last = start === 0 ? 0 : places[start - 1];
  const isMatch = (i: number, place: number) => i >= 0 && i < places.length && places[i] === place;
  let left = 0, right = 0;
  while (isMatch(start - left - 1, last - left) && units[start - left - 1] === units[end - left - 1]) left++;
  const next = start === 0 ? 0 : last + 1;
  while (isMatch(end + right, next + right) && units[start + right] === units[end + right]) right++;
  const by = bestSlide(left, right, (by) => bordersOf(text, start + by, end + by));
  for (let i = 1; i <= -by; i++) [places[end - i], places[start - i]] = [places[start - i], -1];
  for (let i = 0; i < by; i++) [places[start + i], places[end + i]] = [places[end + i], -1];
}

/** What was heard from `first` to `next`, before the text at `end`, is not in the text. */
function slideHeard(
  places: Int32Array,
  end: number,
  first: number,
  next: number,
  text: Units,
  heard: Units,
): void {
  const isMatch = (i: number, place: number) => i >= 0 && i < places.length && places[i] === place;
  const isSame = (i: number, place: number) => text.units[i] === heard.units[place];
  let left = 0, right = 0;
  while (isMatch(end - left - 1, first - left - 1) && isSame(end - left - 1, next - left - 1)) left++;
  while (isMatch(end + right, next + right) && isSame(end + right, first + right)) right++;
  const by = bestSlide(left, right, (by) => bordersOf(heard, first + by, next + by));
  for (let i = 1; i <= -by; i++) places[end - i] += next - first;
  for (let i = 0; i < by; i++) places[end + i] -= next - first;
}

/**
 * Of the text from `start` to `end` so many units are misheard and the rest is not heard: if that can be whole sentences, it
 * is those. Of "he was late. He was late." and "he sat late" the second is missing, not "late. He was".
 */
function slideMisheard(places: Int32Array, start: number, end: number, misheard: number, text: Units): void {
  const { units } = text, missing = end - start - misheard;
  const isWhole = (from: number) => bordersOf(text, from, from + missing) === 2;
  const isRepeated = (i: number, other: number, place: number) =>
    i >= 0 && i < places.length && places[i] === place && units[i] === units[other];
  const last = start === 0 ? -1 : places[start - 1], next = last + 1 + misheard;
  for (let by = 0; by <= places.length; by++) {
    if (isWhole(start + misheard + by)) {
      for (let i = end; i < end + by; i++) [places[i - missing], places[i]] = [places[i], -1];
      return;
    }
    if (!isRepeated(end + by, end + by - missing, next + by)) break;
  }
  for (let by = 0; by <= places.length; by++) {
    if (isWhole(start - by)) {
      for (let i = start - 1; i >= start - by; i--) [places[i + missing], places[i]] = [places[i], -1];
      return;
    }
    if (!isRepeated(start - by - 1, start - by - 1 + missing, last - by)) break;
  }
}

/** How many of a part's ends are those of sentences. */
function bordersOf({ startsSentence }: Units, start: number, end: number): number {
  return Number(startsSentence[start]) + Number(startsSentence[end] ?? true);
}

/** How far to slide, from `-left` to `right`: as little as will do. */
function bestSlide(left: number, right: number, score: (by: number) => number): number {
  let best = 0;
  for (let by = -left; by <= right; by++) {
    const better = score(by) - score(best);
    if (better > 0 || better === 0 && Math.abs(by) < Math.abs(best)) best = by;
  }
  return best;
}

function dropChance(places: Int32Array, heardLength: number): void {
  for (let i = 0; i < places.length;) {
    if (places[i] < 0) {
      i++;
      continue;
    }
    let end = i + 1;
    while (end < places.length && places[end] === places[end - 1] + 1) end++;
    const length = end - i;
    if (length <= SHORT_RUN) {
      // What does not match before and after, on whichever side there is more of it.
      let first = i - 1, last = end;
      while (first >= 0 && places[first] < 0) first--;
      while (last < places.length && places[last] < 0) last++;
      const heardFirst = first < 0 ? -1 : places[first],
        heardLast = last < places.length ? places[last] : heardLength;
      const before = Math.max(i - first - 1, places[i] - heardFirst - 1);
      const after = Math.max(last - end, heardLast - places[end - 1] - 1);
      const few = CHANCE * length, isTextMissing = i - first > 1 || last > end;
      if (isTextMissing && before >= few && after >= few) places.fill(-1, i, end);
    }
    i = end;
  }
}

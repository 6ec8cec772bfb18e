/** Which words of the text that were not heard word for word are spoken all the same, and when. */
import { plainWords } from "../../eval/normalise/plain.ts";
import type { TimeSpan, Word } from "../../transcription/segments.ts";
import type { ExtraWords } from "../aligned_segments.ts";
import { forceWords, type HeardWindow } from "./force_words.ts";
import { type Gap, type GapWindow, isStretched, withoutGapAfter, withoutGapBefore } from "./gaps.ts";
import { startsSentence, type TextWord } from "../known_text.ts";
import { mean } from "../mean.ts";
import { leastSeconds } from "../pace.ts";
import { forceBeside, speechBeside } from "./speech_beside.ts";
import type { MatchedWord, WordTime } from "../timed_words.ts";

/** The text and what was heard. */
export interface HeardText {
  readonly words: readonly TextWord[];
  readonly heard: readonly Word[];
  readonly matches: readonly (MatchedWord | undefined)[];
  /** The words heard at the wrong time: those of the text, whose matches were taken. */
  readonly misplaced: ReadonlySet<number>;
  /** Where nobody speaks. */
  readonly pauses: readonly TimeSpan[];
}

/** The times of words by their places in the text. */
type Found = ReadonlyMap<number, WordTime>;

/** What became of a gap. */
export interface JudgedGap {
  readonly gap: Gap;
  /** The words that are spoken, by their places in the text. */
  readonly spoken: Found;
  /** The words beside them that had their time, with what is left of it. */
  readonly beside: Found;
  /** What is heard in it beside its words, and is not in the text. */
  readonly extra?: ExtraWords;
}

/** Words that are as probable as this, on the mean over their logarithms, are spoken. */
const PROBABLE = 0.2;

/** A whole sentence that is less probable than this is not spoken, whatever was heard instead. */
const IMPROBABLE = 1e-3;

/** No single word makes a sentence less probable than this does. */
const LEAST_PROBABILITY = 1e-6;

/** So few words between those that were heard, where others were heard, are misheard. */
const FEW = 2;

/** What is heard instead is the same, misheard, from this likeness of the letters on. */
const ALIKE = 0.6;

/** Of what is heard instead of a part of a sentence, that is the part misheard which has neither half nor twice its letters. */
const AS_LONG = 2;

/** A line or sentence in brackets, as "[Verse 1]" or "(applause)", is seldom spoken, and probable in any silence. */
const ASIDE = /^\s*(?:\[[^[\]]*\]|\([^()]*\)|（[^（）]*）|【[^【】]*】)\p{P}*\s*$/u;

/** Seconds around its gap that a sentence may take: the words beside it need not begin and end where they are heard. */
const LENT = 0.5;

/** Looks for the words of a window's gaps in its sound, a sentence at a time. */
export async function judgeGaps(
  window: GapWindow,
  text: HeardText,
  heardWindow: HeardWindow,
): Promise<JudgedGap[]> {
  const force = async (places: readonly number[]): Promise<Found> => {
    const times = await forceWords(places.map((i) => text.words[i]), heardWindow);
    return new Map(places.map((i, k) => [i, times[k]]));
  };
  let found = await force(Array.from({ length: window.end - window.first }, (_, i) => window.first + i));
  for (const sentences of ["whole", "part"] as const) {
    const left = new Set(window.gaps.flatMap((gap) => unspokenWords(sentences, gap, text, found)));
    // Words that are not there take their time from those that are.
    if (left.size > 0) found = await force([...found.keys()].filter((i) => !left.has(i)));
  }
  const extras = new Map<Gap, ExtraWords>();
  for (const gap of window.gaps) {
    const extra = speechBeside(gap, found, text.heard, text.misplaced);
    const apart = extra && await forceBeside(gap, extra, found, text, heardWindow);
    if (apart === undefined) continue;
    found = apart;
    extras.set(gap, extra!);
  }
  return window.gaps.map((gap) => {
    const forced = new Map([...found].filter(([i]) => i >= gap.first && i < gap.end));
    const spoken = timesOfMisheard(gap, forced, text.heard);
    const beside = spoken.size > 0 ? timesBeside(gap, text.matches, found) : new Map();
    return { gap, spoken, beside, extra: extras.get(gap) };
  });
}

/**
 * The times of words for which as many others were heard: those of the others. Attention knows them better than those of
 * words that were not said.
 */
export function timesOfMisheard(
  { first, end, heardFirst, heardEnd }: Gap,
  forced: Found,
  heard: readonly Word[],
): Found {
  const instead = heard.slice(heardFirst, heardEnd);
  const isOneForOne = forced.size === end - first && instead.length === forced.size && forced.size <= FEW;
  if (!isOneForOne || instead.some((word) => isStretched(word))) return forced;
  return new Map([...forced].map(([i, { probability }]) => {
    const { start, end } = instead[i - first];
    return [i, { start, end, probability }];
  }));
}

/**
 * The times of the words beside a gap that is spoken, where they had its time: what was found for them with it; without
 * that, what no longer reaches into it.
 */
export function timesBeside(
  { first, end }: Gap,
  matches: readonly (WordTime | undefined)[],
  found: Found,
): Map<number, WordTime> {
  const beside = new Map<number, WordTime>();
  for (const [i, shorten] of [[first - 1, withoutGapAfter], [end, withoutGapBefore]] as const) {
    const match = matches[i];
    if (match === undefined || !isStretched(match)) continue;
    const { start, end, probability } = match, time = found.get(i);
    beside.set(i, time === undefined ? shorten({ start, end, probability }) : { ...time, probability });
  }
  return beside;
}

/**
 * Which words of a gap are not spoken.
 *
 * @param kind Which sentences are judged: whole ones, or those that go on beside the gap. Once whole ones that are not
 * spoken are out of the way, what is heard instead may be the rest of such a one.
 * @param found The times of the words that may be spoken, forced into the sound, with their probabilities there.
 */
export function unspokenWords(
  kind: "whole" | "part",
  gap: Gap,
  text: Pick<HeardText, "words" | "heard" | "pauses">,
  found: Found,
): number[] {
  const sentences = sentencesOf(gap, text.words).map((places) => places.filter((i) => found.has(i)))
    .filter((places) => places.length > 0);
  let missing = sentences.flat().length;
  const unspoken: number[] = [];
  for (const places of sentences) {
    const isPart = !isWhole(places, text.words);
    if (isPart !== (kind === "part") || isSpoken(places, { ...gap, isPart, missing }, text, found)) continue;
    missing -= places.length;
    unspoken.push(...places);
  }
  return unspoken;
}

/** Cuts the words of a gap where sentences and lines end. */
function sentencesOf({ first, end }: Gap, words: readonly TextWord[]): number[][] {
  const sentences: number[][] = [];
  for (let i = first; i < end; i++) {
    if (i === first || startsSentence(i, words)) sentences.push([]);
    sentences[sentences.length - 1].push(i);
  }
  return sentences;
}

function isWhole(sentence: readonly number[], words: readonly TextWord[]): boolean {
  return startsSentence(sentence[0], words) && startsSentence(sentence[sentence.length - 1] + 1, words);
}

/** A gap, and what is asked of a sentence in it. */
interface SentenceGap extends Gap {
  /** Whether the sentence goes on beside the gap. */
  readonly isPart: boolean;
  /** The words of the gap that may be spoken. */
  readonly missing: number;
}

function isSpoken(
  sentence: readonly number[],
  { start, stop, heardFirst, heardEnd, missing, isPart }: SentenceGap,
  { words, heard, pauses }: Pick<HeardText, "words" | "heard" | "pauses">,
  found: Found,
): boolean {
  const times = sentence.map((i) => found.get(i)!);
  const least = leastSeconds(sentence.map((i) => words[i]));
  const [from, to] = [times[0].start, times[times.length - 1].end];
  // Beyond its gap it has the time of words that were heard: of a sentence that stands twice in the text, the other one.
  const inGap = Math.min(to, stop + LENT) - Math.max(from, start - LENT);
  if (inGap < least || inGap < (to - from) / 2) return false;
  if (to - from - pausesWithin(from, to, pauses) < least) return false;
  const partsOf = (words: readonly { readonly word: string }[]) =>
    words.flatMap(({ word }) => plainWords(word));
  const written = partsOf(sentence.map((i) => words[i])).join("");
  const logs = times.map(({ probability }) => Math.log(Math.max(probability, LEAST_PROBABILITY)));
  const probability = Math.exp(mean(logs));
  if (!isPart && (written.length === 0 || probability < IMPROBABLE)) return false;
  const instead = heardEnd - heardFirst;
  if (instead > 0 && missing <= FEW && instead <= missing + 1) return true;
  const others = partsOf(heard.slice(heardFirst, heardEnd)), spoken = others.join("");
  if (likeness(written, others) >= ALIKE) return true;
  if (!isPart && ASIDE.test(sentence.map((i) => words[i].word).join(""))) return false;
  const share = spoken.length / written.length;
  if (isPart && missing === sentence.length && share > 1 / AS_LONG && share < AS_LONG) return true;
  return probability >= PROBABLE;
}

/** How many seconds of a time are pauses. */
function pausesWithin(from: number, to: number, pauses: readonly TimeSpan[]): number {
  return pauses.reduce(
    (sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)),
    0,
  );
}

/** How much of a text stands in a longer one, as whole words of it, side by side and in order: 1 is all of it. */
function likeness(text: string, within: readonly string[]): number {
  const letters = [...text];
  let row = new Int32Array(letters.length + 1).map((_, i) => i);
  let fewest = row[letters.length];
  for (const word of within) {
    // The text may start with any word.
    row[0] = 0;
    for (let i = 1; i <= letters.length; i++) row[i] = Math.min(row[i], row[i - 1] + 1);
    for (const other of word) {
      const above = row;
      row = new Int32Array(letters.length + 1);
      row[0] = above[0] + 1;
      for (let i = 1; i <= letters.length; i++) {
        row[i] = Math.min(above[i - 1] + (letters[i - 1] === other ? 0 : 1), above[i] + 1, row[i - 1] + 1);
      }
    }
    fewest = Math.min(fewest, row[letters.length]);
  }
  return letters.length === 0 ? 0 : 1 - fewest / letters.length;
}

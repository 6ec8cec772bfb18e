/**
 * Where the next window starts once the words of this one are known, and which of its segments look like
 * hallucinations beside silence. After the part of `transcribe` in openai/whisper's `transcribe.py` that
 * follows `add_word_timestamps`.
 */
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import type { Segment, Word } from "./segments.ts";
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "./punctuation.ts";

/** A word is anomalous if it is less probable, shorter or longer (in seconds) than these. */
const IMPROBABLE = 0.15;
const SHORT = 0.133;
const LONG = 2;

/** What a second of shortness weighs; a second of excess length weighs 1. */
const SHORTNESS_WEIGHT = 15;

/** How many words of a segment are looked at. */
const WORDS_SCORED = 8;

/** The sum of scores that makes a segment anomalous. */
const ANOMALOUS_SCORE = 3;

/** Silence is not looked for this near the edge of a window, in seconds: there may be some beyond it. */
const EDGE = 2;

const PUNCTUATION = PREPEND_PUNCTUATIONS + APPEND_PUNCTUATIONS;

/** A window that was decoded, in frames of 10 ms unless said otherwise. */
export interface DecodedWindow {
  /** Where it starts. */
  readonly seek: number;
  /** How much audio it holds. */
  readonly size: number;
  /** How much a whole window holds. */
  readonly windowFrames: number;
  /** Where its timestamps put the next window. */
  readonly nextSeek: number;
  /** Whether its tokens end with a single timestamp: nothing was cut off at its end. */
  readonly singleTimestampEnding: boolean;
  /** The length of the whole audio, or how far it goes at least, if that is beyond the threshold's silence. */
  readonly contentFrames: number;
  /** When the speech before it ended, in seconds. */
  readonly lastSpeechTimestamp: number;
}

/** What becomes of a window. */
export interface WindowOutcome {
  /** Where the next window starts. */
  readonly seek: number;
  /** How many of its segments, from the first, are kept. */
  readonly kept: number;
  /** Whether nothing of it counts and the audio from `seek` on is decoded afresh; `kept` is 0 then. */
  readonly discarded: boolean;
  /** When the speech up to its end ended, in seconds. */
  readonly lastSpeechTimestamp: number;
}

/**
 * Decides what becomes of a window whose segments have their words.
 *
 * @param threshold Silence longer than this, in seconds, is skipped around a probable hallucination; without it
 * only the next window's start is moved to the end of the last word.
 */
export function settleWindow(
  segments: readonly Segment[],
  window: DecodedWindow,
  threshold?: number | null,
): WindowOutcome {
  const seek = seekAfterSpeech(segments, window, threshold);
  const settled = threshold == null
    ? { seek, kept: segments.length, discarded: false }
    : leadingSilence(segments, window, threshold) ?? hallucination(segments, window, threshold) ??
      { seek, kept: segments.length, discarded: false };
  const end = settled.discarded ? undefined : endOfSpeech(segments.slice(0, settled.kept));
  return { ...settled, lastSpeechTimestamp: end ?? window.lastSpeechTimestamp };
}

/** Scores how unlike speech a word is: 0 for most. */
export function wordAnomalyScore({ start, end, probability }: Word): number {
  const duration = end - start;
  let score = 0;
  if (probability < IMPROBABLE) score += 1;
  if (duration < SHORT) score += (SHORT - duration) * SHORTNESS_WEIGHT;
  if (duration > LONG) score += duration - LONG;
  return score;
}

/** Whether the first words of a segment look hallucinated. */
export function isAnomalous(segment: Segment): boolean {
  if (!hasWords(segment)) return false;
  const words = segment.words.filter(({ word }) => !PUNCTUATION.includes(word)).slice(0, WORDS_SCORED);
  const score = words.reduce((sum, word) => sum + wordAnomalyScore(word), 0);
  return score >= ANOMALOUS_SCORE || score + 0.01 >= words.length;
}

/** A segment with at least one word. */
type WordedSegment = Segment & { words: Word[] };

function hasWords(segment: Segment): segment is WordedSegment {
  return segment.words !== undefined && segment.words.length > 0;
}

/** When the last word ends; without words, the last segment. */
function endOfSpeech(segments: readonly Segment[]): number | undefined {
  return segments.findLast(hasWords)?.words.at(-1)?.end ?? segments.at(-1)?.end;
}

/** The next window starts after the last word, or after this window if no long silence is left in it. */
function seekAfterSpeech(
  segments: readonly Segment[],
  window: DecodedWindow,
  threshold?: number | null,
): number {
  const end = endOfSpeech(segments);
  if (window.singleTimestampEnding || end === undefined || end <= window.seek / FRAMES_PER_SECOND) {
    return window.nextSeek;
  }
  const remaining = (window.seek + window.windowFrames) / FRAMES_PER_SECOND - end;
  if (threshold != null && remaining <= threshold) return window.seek + window.size;
  return roundHalfEven(end * FRAMES_PER_SECOND);
}

type Settled = Omit<WindowOutcome, "lastSpeechTimestamp">;

/** If the first words may be hallucinated and come after a silence, the silence is skipped. */
function leadingSilence(
  segments: readonly Segment[],
  window: DecodedWindow,
  threshold: number,
): Settled | undefined {
  const first = segments.find(hasWords);
  if (first === undefined || !isAnomalous(first)) return undefined;
  const gap = first.start - window.seek / FRAMES_PER_SECOND;
  if (gap <= threshold) return undefined;
  return { seek: window.seek + roundHalfEven(gap * FRAMES_PER_SECOND), kept: 0, discarded: true };
}

/** From the first segment on that looks hallucinated and lies between silences, nothing is kept. */
function hallucination(
  segments: readonly Segment[],
  window: DecodedWindow,
  threshold: number,
): Settled | undefined {
  const windowStart = window.seek / FRAMES_PER_SECOND;
  let lastEnd = window.lastSpeechTimestamp;
  for (const [i, segment] of segments.entries()) {
    if (!hasWords(segment)) continue;
    if (
      isAnomalous(segment) && isAfterSilence(segment, windowStart, lastEnd, threshold) &&
      isBeforeSilence(segment, segments.slice(i + 1).find(hasWords), window, threshold)
    ) {
      const isLast = window.contentFrames / FRAMES_PER_SECOND - segment.end < threshold;
      const seek = roundHalfEven(Math.max(windowStart + 1, segment.start) * FRAMES_PER_SECOND);
      return { seek: isLast ? window.contentFrames : seek, kept: i, discarded: false };
    }
    lastEnd = segment.end;
  }
  return undefined;
}

function isAfterSilence(
  { start }: Segment,
  windowStart: number,
  lastEnd: number,
  threshold: number,
): boolean {
  return start - lastEnd > threshold || start < threshold || start - windowStart < EDGE;
}

function isBeforeSilence(
  { end }: Segment,
  next: WordedSegment | undefined,
  window: DecodedWindow,
  threshold: number,
): boolean {
  const nextStart = next?.words[0].start ??
    window.seek / FRAMES_PER_SECOND + window.size / FRAMES_PER_SECOND;
  return nextStart - end > threshold || (next !== undefined && isAnomalous(next)) ||
    (window.seek + window.windowFrames) / FRAMES_PER_SECOND - end < EDGE;
}

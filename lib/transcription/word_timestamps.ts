/**
 * Gives the segments of a window their words, and the times of their words to the segments.
 * `add_word_timestamps` of openai/whisper's `timing.py`.
 */
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import type { AudioFeatures, EncoderDecoder } from "../model/types.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import type { DraftSegment, DraftWord } from "./segments.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { type AlignmentOptions, findAlignment, type WordTiming } from "../timing/find_alignment.ts";
import { mergePunctuations } from "./punctuation.ts";

/** No typical word is longer, in seconds. */
export const LONGEST_MEDIAN = 0.7;

/** How far the end of a segment may lie outside its outer words before it is trusted more than they are. */
const SEGMENT_TOLERANCE = 0.5;

const SENTENCE_END_MARKS = ".。!！?？";

/** What `addWordTimestamps` needs. */
export interface WordTimestampsOptions extends AlignmentOptions {
  /** The model that wrote the segments. */
  readonly model: EncoderDecoder;
  /** The encoder's output for the window. */
  readonly features: AudioFeatures;
  /** The tokenizer of the window's language and task. */
  readonly tokenizer: Tokenizer;
  /** The frames of 10 ms of the window that hold audio. */
  readonly numFrames: number;
  /** The marks that join the next word. */
  readonly prependPunctuations: string;
  /** The marks that join the word before. */
  readonly appendPunctuations: string;
  /** When the speech before this window ended, in seconds from the start of the audio. */
  readonly lastSpeechTimestamp: number;
}

/**
 * Fills `words` of the segments of one window, and moves their `start` and `end` to the words'.
 *
 * @param segments All segments of the window, with their timestamp tokens.
 */
export async function addWordTimestamps(
  segments: DraftSegment[],
  options: WordTimestampsOptions,
): Promise<void> {
  if (segments.length === 0) return;
  const { model, features, tokenizer, numFrames } = options;
  const textTokens = segments.map((segment) => segment.tokens.filter((token) => tokenizer.isText(token)));
  const alignment = await findAlignment(model, features, tokenizer, textTokens.flat(), numFrames, options);
  placeWords(segments, textTokens.map((tokens) => tokens.length), alignment, options);
}

/** What `placeWords` needs. */
export type PlaceWordsOptions = Pick<
  WordTimestampsOptions,
  "prependPunctuations" | "appendPunctuations" | "lastSpeechTimestamp"
>;

/**
 * Gives the words of an alignment to the segments: `addWordTimestamps` after its pass of the decoder.
 *
 * @param tokenCounts How many text tokens each segment has.
 */
export function placeWords(
  segments: readonly DraftSegment[],
  tokenCounts: readonly number[],
  alignment: WordTiming[],
  options: PlaceWordsOptions,
): void {
  const median = Math.min(LONGEST_MEDIAN, medianDuration(alignment));
  clampSentenceEnds(alignment, 2 * median);
  mergePunctuations(alignment, options.prependPunctuations, options.appendPunctuations);

  const timeOffset = segments[0].seek / FRAMES_PER_SECOND;
  let lastSpeech = options.lastSpeechTimestamp;
  let next = 0;
  for (const [i, segment] of segments.entries()) {
    const words: DraftWord[] = [];
    for (let taken = 0; next < alignment.length && taken < tokenCounts[i]; next++) {
      const timing = alignment[next];
      if (timing.word !== "") words.push(toWord(timing, timeOffset));
      taken += timing.tokens.length;
    }
    if (words.length > 0) {
      clampAfterPause(words, lastSpeech, median);
      alignStart(segment, words[0], median);
      alignEnd(segment, words[words.length - 1], median);
      lastSpeech = segment.end;
    }
    segment.words = words;
  }
}

/** The median of the durations that are not zero; 0 if there are none. */
function medianDuration(alignment: readonly WordTiming[]): number {
  const durations = alignment.map(({ start, end }) => end - start).filter((duration) => duration !== 0);
  if (durations.length === 0) return 0;
  durations.sort((a, b) => a - b);
  const middle = durations.length >> 1;
  return durations.length % 2 === 1 ? durations[middle] : (durations[middle - 1] + durations[middle]) / 2;
}

/** Shortens long marks at the end of a sentence, and long words after one. */
function clampSentenceEnds(alignment: readonly WordTiming[], maxDuration: number): void {
  for (let i = 1; i < alignment.length; i++) {
    const timing = alignment[i];
    if (timing.end - timing.start <= maxDuration) continue;
    if (SENTENCE_END_MARKS.includes(timing.word)) timing.end = timing.start + maxDuration;
    else if (SENTENCE_END_MARKS.includes(alignment[i - 1].word)) timing.start = timing.end - maxDuration;
  }
}

function toWord(timing: WordTiming, timeOffset: number): DraftWord {
  return {
    word: timing.word,
    start: roundHalfEven((timeOffset + timing.start) * 100) / 100,
    end: roundHalfEven((timeOffset + timing.end) * 100) / 100,
    probability: timing.probability,
  };
}

/** Shortens the first two words of a segment if a pause before them was counted as theirs. */
function clampAfterPause(
  [first, second]: (DraftWord | undefined)[],
  lastSpeech: number,
  median: number,
): void {
  if (first === undefined || first.end - lastSpeech <= median * 4) return;
  const maxDuration = median * 2;
  const isLong = first.end - first.start > maxDuration;
  if (!isLong && !(second !== undefined && second.end - first.start > maxDuration * 2)) return;
  if (second !== undefined && second.end - second.start > maxDuration) {
    first.end = second.start = Math.max(second.end / 2, second.end - maxDuration);
  }
  first.start = Math.max(0, first.end - maxDuration);
}

/** Takes the start of the first word for the segment's, unless the word is too long for it. */
function alignStart(segment: DraftSegment, first: DraftWord, median: number): void {
  if (segment.start < first.end && segment.start - SEGMENT_TOLERANCE > first.start) {
    first.start = Math.max(0, Math.min(first.end - median, segment.start));
  } else {
    segment.start = first.start;
  }
}

/** Takes the end of the last word for the segment's, unless the word is too long for it. */
function alignEnd(segment: DraftSegment, last: DraftWord, median: number): void {
  if (segment.end > last.start && segment.end + SEGMENT_TOLERANCE < last.end) {
    last.end = Math.max(last.start + median, segment.end);
  } else {
    segment.end = last.end;
  }
}

/**
 * The parts of a transcription and how timestamp tokens become segments.
 * After `transcribe.py` of openai/whisper.
 */
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import type { ModelFamily } from "../model/types.ts";
import type { WindowReport } from "./explain.ts";
import { strip } from "../python/python_text.ts";

/** A stretch of a recording. */
export interface TimeSpan {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** Which channel it is of, from 0, if `channel: "split"` was asked for. */
  readonly channel?: number;
}

/** One word of a segment, with its times in seconds. */
export interface Word {
  /** The word with its leading space and its punctuation. */
  readonly word: string;
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** Mean probability of its tokens. */
  readonly probability: number;
  /**
   * The share of words like it that are right, from 0 to 1: its probability, calibrated together with those around it. Not
   * with `strictParity`, nor if the text was known before (`align`) or is still being spoken (`stream`).
   */
  readonly confidence?: number;
  /** Whether it is heard, if the text was known before (`align`). */
  readonly spoken?: boolean;
  /** Who says it, from 0 in the order in which they are first heard, if `speakers` was asked for. */
  readonly speaker?: number;
}

/** A stretch of speech with its text. */
export interface Segment {
  /** Position in the transcription, from 0. */
  readonly id: number;
  /** Where its window starts, in frames of 10 ms. */
  readonly seek: number;
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** The text, with its leading space. */
  readonly text: string;
  /** Text and timestamp tokens. */
  readonly tokens: readonly number[];
  /** The temperature its window was decoded at. */
  readonly temperature: number;
  /** Mean log-probability of the window's tokens. */
  readonly avgLogprob: number;
  /** Length of the window's text over its zlib-compressed length. */
  readonly compressionRatio: number;
  /** Probability that the window holds no speech. */
  readonly noSpeechProb: number;
  /** The words, if `wordTimestamps` was asked for. */
  readonly words?: readonly Word[];
  /** Which channel was heard, from 0, if `channel: "split"` was asked for. */
  readonly channel?: number;
  /** Whether any of it is heard, if the text was known before (`align`). */
  readonly spoken?: boolean;
  /** Who speaks, from 0 in the order in which they are first heard, if `speakers` was asked for. */
  readonly speaker?: number;
}

/** What `transcribe` gives. */
export interface Transcription {
  /** The whole text. */
  readonly text: string;
  /** The segments in order. */
  readonly segments: readonly Segment[];
  /** The code of the language, as `"en"`. */
  readonly language: string;
  /** What happened in each window, if `explain` was asked for. */
  readonly windows?: readonly WindowReport[];
  /** What was left out because nobody speaks there, if `vad` and `explain` were asked for. */
  readonly silences?: readonly TimeSpan[];
}

/** A word whose times are not settled. */
export type DraftWord = {
  -readonly [Name in Exclude<keyof Word, "confidence" | "spoken" | "speaker">]: Word[Name];
};

/** A segment whose words and times are not settled. */
export type DraftSegment =
  & { -readonly [Name in Exclude<keyof Segment, "words" | "channel" | "spoken" | "speaker">]: Segment[Name] }
  & {
    words?: DraftWord[];
  };

/** A window and the tokens sampled for it. */
export interface SampledWindow {
  /** Where it starts, in frames of 10 ms. */
  readonly seek: number;
  /** How many frames of it hold audio. */
  readonly size: number;
  /** Whether nothing after it is decoded with it: what is open at its end ends there. */
  readonly isClosed?: boolean;
  /** The tokens sampled. */
  readonly tokens: readonly number[];
  /** What they were decoded at, and how well. */
  readonly scores: Pick<Segment, "temperature" | "avgLogprob" | "compressionRatio" | "noSpeechProb">;
}

/** What splitting must know of the vocabulary. */
export interface TimestampVocabulary {
  /** The token of 0.00 s, the first timestamp. */
  readonly timestampBegin: number;
  /** Whether a token is a timestamp. */
  isTimestamp(token: number): boolean;
  /** Whether a token is one of text. */
  isText(token: number): boolean;
  /** Turns text tokens into text. */
  decode(tokens: Iterable<number>): string;
}

/** The segments of a window and where the next one starts. */
export interface SplitWindow {
  /** The segments in order, numbered from 0. */
  readonly segments: DraftSegment[];
  /** Where the next window starts, in frames of 10 ms. */
  readonly nextSeek: number;
  /** Whether the tokens end with a timestamp after text, or the window is closed: no speech of it follows. */
  readonly singleTimestampEnding: boolean;
  /** The tokens after the last pair of timestamps, which the next window decodes again. */
  readonly unfinished: readonly number[];
}

/** Fewer frames at the end of a closed window are not heard again. */
const LEAST_LEFT = FRAMES_PER_SECOND / 2;

/** How far timestamps lie apart. */
export type TimestampSteps = Pick<ModelFamily, "framesPerPosition" | "secondsPerPosition">;

/**
 * Cuts the tokens of a window at each pair of timestamps: the end of a segment and the start of the next. If
 * a segment is left open at the end, the next window starts with it.
 */
export function splitWindow(
  window: SampledWindow,
  vocabulary: TimestampVocabulary,
  { framesPerPosition, secondsPerPosition }: TimestampSteps,
): SplitWindow {
  const { seek, size, tokens } = window;
  const { timestampBegin } = vocabulary;
  const isTimestamp = (token: number) => vocabulary.isTimestamp(token);
  const isText = (token: number) => vocabulary.isText(token);
  const timeOf = (timestamp: number) => offset + (timestamp - timestampBegin) * secondsPerPosition;
  const offset = seek / FRAMES_PER_SECOND;
  const cuts = pairsOf(tokens, isTimestamp);
  const endsWithOne = tokens.length > 1 && isTimestamp(tokens[tokens.length - 1]) &&
    !isTimestamp(tokens[tokens.length - 2]);

  if (cuts.length === 0) {
    const last = tokens.findLast(isTimestamp);
    // The last timestamp tells how long the one segment is; without one, or if it is 0.00, it is the whole window.
    const duration = last === undefined || last === timestampBegin
      ? size / FRAMES_PER_SECOND
      : (last - timestampBegin) * secondsPerPosition;
    const end = offset + duration;
    const segments = [segmentOf(window, vocabulary, { id: 0, start: offset, end, tokens: [...tokens] })];
    const singleTimestampEnding = endsWithOne || window.isClosed === true;
    return { segments, nextSeek: seek + size, singleTimestampEnding, unfinished: [] };
  }

  const lastPair = cuts[cuts.length - 1];
  const nextPosition = (tokens[lastPair - 1] - timestampBegin) * framesPerPosition;
  const isOpen = tokens.slice(lastPair).some(isText);
  if (endsWithOne || (window.isClosed && isOpen)) cuts.push(tokens.length);
  // A pair at the end says that more is spoken, which is left to another window.
  const isWhole = window.isClosed === true && (isOpen || size - nextPosition < LEAST_LEFT);
  const singleTimestampEnding = endsWithOne || isWhole;
  const segments = cuts.map((end, id) => {
    const part = tokens.slice(id === 0 ? 0 : cuts[id - 1], end);
    return segmentOf(window, vocabulary, {
      id,
      start: timeOf(part[0]),
      end: isTimestamp(part[part.length - 1])
        ? timeOf(part[part.length - 1])
        : offset + size / FRAMES_PER_SECOND,
      tokens: part,
    });
  });
  const lastCut = cuts[cuts.length - 1];
  return {
    segments,
    nextSeek: seek + (singleTimestampEnding ? size : nextPosition),
    singleTimestampEnding,
    unfinished: tokens.slice(lastCut),
  };
}

/** Whether a segment says nothing: it has no text, or no duration. */
export function isEmptySegment(segment: Segment): boolean {
  return segment.start === segment.end || strip(segment.text) === "";
}

/**
 * Moves the times of a segment and of its words into the recording: the last window is filled up with silence,
 * and a model may hear the end of its text there.
 *
 * @param seconds The length of the recording.
 */
export function withinRecording(segment: Segment, seconds: number): Segment {
  const times = ({ start, end }: { start: number; end: number }) => ({
    start: Math.min(start, seconds),
    end: Math.min(end, seconds),
  });
  const words = segment.words?.map((word) => ({ ...word, ...times(word) }));
  return { ...segment, ...times(segment), ...(words && { words }) };
}

/** The positions of the second timestamp of each pair. */
function pairsOf(tokens: readonly number[], isTimestamp: (token: number) => boolean): number[] {
  return [...tokens.keys()].slice(1).filter((i) => isTimestamp(tokens[i - 1]) && isTimestamp(tokens[i]));
}

function segmentOf(
  { seek, scores }: SampledWindow,
  vocabulary: TimestampVocabulary,
  { id, start, end, tokens }: Pick<Segment, "id" | "start" | "end" | "tokens">,
): DraftSegment {
  const { temperature, avgLogprob, compressionRatio, noSpeechProb } = scores;
  const text = vocabulary.decode(tokens.filter((token) => vocabulary.isText(token)));
  return { id, seek, start, end, text, tokens, temperature, avgLogprob, compressionRatio, noSpeechProb };
}

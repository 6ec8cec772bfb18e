/**
 * How far a transcription is: what has been found, and all that going on from there needs. It is plain data, so that
 * it can be kept in a file.
 */
import { isIntegerList, isNotNegative, type OptionRule } from "../options/check_options.ts";
import type { Segment } from "./segments.ts";

/** A transcription up to the end of a window. */
export interface TranscriptionState {
  /** The code of the language. */
  readonly language: string;
  /** The segments so far. */
  readonly segments: readonly Segment[];
  /** Which of the parts of `clipTimestamps` is being transcribed, from 0. */
  readonly clip: number;
  /** Where the next window starts, in frames of 10 ms. */
  readonly seek: number;
  /** When speech ended, in seconds. */
  readonly lastSpeechTimestamp: number;
  /** How many tokens, those of the initial prompt included, are no context any more. */
  readonly resetSince: number;
  /** The state of the generator of random numbers. */
  readonly random: readonly number[];
  /**
   * Where channels are transcribed apart, how far each is, or `null` for one that is to be begun again; the rest is of the
   * one that is the least far, but for the segments, which are those of all that were given.
   */
  readonly channels?: readonly (TranscriptionState | null)[];
}

/** A rule for a state: what `onState` gave, perhaps by way of JSON. */
export const TRANSCRIPTION_STATE: OptionRule = ["what onState was called with", isTranscriptionState];

function isTranscriptionState(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { language, segments, clip, seek, lastSpeechTimestamp, resetSince, random, channels = [] } =
    value as Record<string, unknown>;
  return typeof language === "string" && Array.isArray(segments) && segments.every(isSegment) &&
    isIntegerList([clip, seek, resetSince]) &&
    [clip, seek, resetSince, lastSpeechTimestamp].every(isNotNegative) &&
    isIntegerList(random) && (random as readonly number[]).length === 4 &&
    Array.isArray(channels) && channels.every((channel) => channel === null || isStateOfOne(channel));
}

/** No channel has channels. */
function isStateOfOne(value: unknown): boolean {
  return isTranscriptionState(value) && (value as TranscriptionState).channels === undefined;
}

function isSegment(value: unknown): boolean {
  const { text, tokens, start, end } = (value ?? {}) as Record<string, unknown>;
  return typeof text === "string" && isIntegerList(tokens) && isNotNegative(start) && isNotNegative(end);
}

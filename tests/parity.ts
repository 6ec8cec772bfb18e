/** Compares what Sotto computes with what openai/whisper computed for the same call. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Segment, Transcription, Word } from "../lib/transcription/segments.ts";
import { fixture } from "./harness.ts";

/** A segment as openai/whisper gives it. */
export interface ReferenceSegment {
  readonly seek: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly number[];
  readonly temperature: number;
  readonly avg_logprob: number;
  readonly compression_ratio: number;
  readonly no_speech_prob: number;
  readonly words?: readonly Word[];
}

/** Greedy decoding without filters or timestamps. */
export interface ReferenceDecoding {
  readonly prompt: readonly number[];
  readonly tokens: readonly number[];
  /** The ten highest logits of each step. */
  readonly steps: readonly { readonly ids: readonly number[]; readonly logits: readonly number[] }[];
}

/** What `scripts/reference/make_reference.py` writes for a case. */
export interface ReferenceTranscription {
  readonly text: string;
  readonly language: string;
  readonly segments: readonly ReferenceSegment[];
  /** The probability of each language, and `null` of an English-only model. */
  readonly language_probs?: Readonly<Record<string, number>> | null;
  /** Rows of the encoder's output, by position. */
  readonly encoder?: Readonly<Record<string, readonly number[]>>;
  readonly decode?: ReferenceDecoding;
}

/** Seconds that times may differ by: one encoder position, and a little for rounding. */
const TIME_TOLERANCE = 0.02 + 1e-6;

/** Seconds that the times of one word in a hundred may differ by. */
const RARE_TIME_TOLERANCE = 0.1 + 1e-6;

const SCORE_TOLERANCE = 1e-3;

/** Reads the reference of a case. */
export function readReference(name: string): ReferenceTranscription {
  return JSON.parse(readFileSync(fixture(`${name}.json`), "utf8"));
}

/**
 * Checks that texts are identical, and times and scores nearly.
 *
 * @param seconds The length of the recording, where openai/whisper's times may lie; without it, they may be later,
 * as they are with `strictParity`.
 */
export function assertSameTranscription(
  actual: Transcription,
  reference: ReferenceTranscription,
  seconds = Infinity,
): void {
  const expected = { ...reference, segments: reference.segments.map((each) => cut(each, seconds)) };
  assert.equal(actual.text, expected.text);
  assert.equal(actual.language, expected.language);
  assert.deepEqual(actual.segments.map(({ text }) => text), expected.segments.map(({ text }) => text));
  actual.segments.forEach((segment, i) => assertSameSegment(segment, expected.segments[i]));
  assertSameWords(
    actual.segments.flatMap(({ words }) => words ?? []),
    expected.segments.flatMap(({ words }) => words ?? []),
  );
}

function cut(segment: ReferenceSegment, seconds: number): ReferenceSegment {
  const clip = <Timed extends { start: number; end: number }>(timed: Timed) => ({
    ...timed,
    start: Math.min(timed.start, seconds),
    end: Math.min(timed.end, seconds),
  });
  return { ...clip(segment), ...(segment.words && { words: segment.words.map(clip) }) };
}

function assertSameSegment(actual: Segment, expected: ReferenceSegment): void {
  const { text } = expected;
  assertNear(actual.seek / 100, expected.seek / 100, TIME_TOLERANCE, `seek of ${text}`);
  assertNear(actual.start, expected.start, TIME_TOLERANCE, `start of ${text}`);
  assertNear(actual.end, expected.end, TIME_TOLERANCE, `end of ${text}`);
  assert.equal(actual.tokens.length, expected.tokens.length);
  assert.equal(actual.temperature, expected.temperature);
  assertNear(actual.avgLogprob, expected.avg_logprob, SCORE_TOLERANCE, `avgLogprob of ${text}`);
  assertNear(actual.noSpeechProb, expected.no_speech_prob, SCORE_TOLERANCE, `noSpeechProb of ${text}`);
  assertNear(
    actual.compressionRatio,
    expected.compression_ratio,
    SCORE_TOLERANCE,
    `compressionRatio of ${text}`,
  );
}

function assertSameWords(actual: readonly Word[], expected: readonly Word[]): void {
  assert.deepEqual(actual.map(({ word }) => word), expected.map(({ word }) => word));
  const late = actual.filter((word, i) => distance(word, expected[i]) > TIME_TOLERANCE);
  assert.ok(late.length <= expected.length / 100, `words at other times: ${JSON.stringify(late)}`);
  actual.forEach((word, i) => {
    assert.ok(
      distance(word, expected[i]) <= RARE_TIME_TOLERANCE,
      `far off: ${JSON.stringify([word, expected[i]])}`,
    );
    assertNear(word.probability, expected[i].probability, SCORE_TOLERANCE, `probability of ${word.word}`);
  });
}

function distance(a: Word, b: Word): number {
  return Math.max(Math.abs(a.start - b.start), Math.abs(a.end - b.end));
}

/** Checks that the probabilities of languages are nearly the same. */
export function assertSameLanguages(
  actual: ReadonlyMap<string, number>,
  expected: Readonly<Record<string, number>>,
): void {
  for (const [code, probability] of Object.entries(expected)) {
    assertNear(actual.get(code) ?? NaN, probability, SCORE_TOLERANCE, code);
  }
}

/** Checks that rows are the same but for a thousandth of their length. */
export function assertSameRow(actual: Float32Array, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const difference = Math.hypot(...actual.map((value, i) => value - expected[i]));
  const relative = difference / Math.hypot(...Array.from(expected));
  assert.ok(relative < 1e-3, `${what}: relative error ${relative}`);
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, wanted ${expected}`);
}

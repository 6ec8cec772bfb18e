/**
 * The rules that forbid tokens before one is chosen. Each takes one row of logits `(nVocab)`, sets what is
 * forbidden to -Infinity, and knows nothing of models. After the `LogitFilter` classes of openai/whisper's
 * `decoding.py`.
 */
import { argmax, logSumExp } from "./log_probabilities.ts";

/** Forbids tokens in a row of logits, given the tokens sampled so far (prompt and prefix not among them). */
export type LogitFilter = (logits: Float32Array, sampled: readonly number[]) => void;

/** What `applyTimestampRules` must know of the vocabulary and the options. */
export interface TimestampRules {
  /** End of text. */
  readonly eot: number;
  /** The token that turns timestamps off. */
  readonly noTimestamps: number;
  /** The token of 0.00 s, the first timestamp. */
  readonly timestampBegin: number;
  /** The token after the last timestamp: text that was added to the vocabulary, mostly its end. */
  readonly timestampEnd: number;
  /** How many steps after 0.00 s the first timestamp may lie; `undefined` for any. */
  readonly maxInitialTimestampIndex?: number;
}

/** Forbids `blank` tokens (a space, end of text) as the first token. */
export function suppressBlank(
  logits: Float32Array,
  sampled: readonly number[],
  blank: readonly number[],
): void {
  if (sampled.length === 0) suppressTokens(logits, blank);
}

/** Forbids `tokens`. */
export function suppressTokens(logits: Float32Array, tokens: readonly number[]): void {
  for (const token of tokens) logits[token] = -Infinity;
}

/**
 * Forbids what would break the order of timestamps: they come in pairs (the end of a segment and the start of
 * the next), never go back, open the sequence, and win when all of them together are more probable than any
 * single other token.
 */
export function applyTimestampRules(
  logits: Float32Array,
  sampled: readonly number[],
  rules: TimestampRules,
): void {
  const { eot, noTimestamps, timestampBegin, timestampEnd, maxInitialTimestampIndex } = rules;
  const isTimestamp = (token: number) => token >= timestampBegin && token < timestampEnd;
  logits[noTimestamps] = -Infinity;

  const lastWasTimestamp = sampled.length >= 1 && isTimestamp(sampled[sampled.length - 1]);
  const penultimateWasTimestamp = sampled.length < 2 || isTimestamp(sampled[sampled.length - 2]);
  if (lastWasTimestamp && penultimateWasTimestamp) logits.fill(-Infinity, timestampBegin, timestampEnd);
  if (lastWasTimestamp && !penultimateWasTimestamp) {
    logits.fill(-Infinity, 0, eot).fill(-Infinity, timestampEnd);
  }

  const lastTimestamp = sampled.findLast(isTimestamp);
  if (lastTimestamp !== undefined) {
    // A segment may start where the last one ended; it may not end where it started, or decoding would loop.
    const startsSegment = lastWasTimestamp && !penultimateWasTimestamp;
    logits.fill(-Infinity, timestampBegin, startsSegment ? lastTimestamp : lastTimestamp + 1);
  }

  if (sampled.length === 0) {
    forbidText(logits, rules);
    if (maxInitialTimestampIndex !== undefined) {
      logits.fill(-Infinity, timestampBegin + maxInitialTimestampIndex + 1, timestampEnd);
    }
  }
  const likeliestTimestamp = logits[argmax(logits, timestampBegin, timestampEnd)];
  const timestamps = logSumExp(logits, timestampBegin, timestampEnd, likeliestTimestamp);
  if (timestamps > likeliestText(logits, rules)) forbidText(logits, rules);
}

/** Forbids all but the timestamps. */
function forbidText(logits: Float32Array, { timestampBegin, timestampEnd }: TimestampRules): void {
  logits.fill(-Infinity, 0, timestampBegin).fill(-Infinity, timestampEnd);
}

/** The largest logit of those that are no timestamps. */
function likeliestText(logits: Float32Array, { timestampBegin, timestampEnd }: TimestampRules): number {
  const text = logits[argmax(logits, 0, timestampBegin)];
  return timestampEnd < logits.length ? Math.max(text, logits[argmax(logits, timestampEnd)]) : text;
}

/**
 * The rules that forbid tokens before one is chosen. Each takes one row of logits, forbids tokens of it, and knows
 * nothing of models. After the `LogitFilter` classes of openai/whisper's `decoding.py`.
 */
import type { TokenLogits } from "./token_logits.ts";

/** What a task forbids. */
export interface LogitRules {
  /** Tokens that may not be sampled first. */
  readonly suppressedFirst: readonly number[];
  /** Tokens that may not be sampled later. */
  readonly suppressed: readonly number[];
  /** The order of timestamps, if there are any. */
  readonly timestamps?: TimestampRules;
}

/** Forbids tokens in a row of logits, given the tokens sampled so far (prompt and prefix not among them). */
export function applyRules(logits: TokenLogits, sampled: readonly number[], rules: LogitRules): void {
  logits.suppress(sampled.length === 0 ? rules.suppressedFirst : rules.suppressed);
  if (rules.timestamps !== undefined) applyTimestampRules(logits, sampled, rules.timestamps);
}

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

/**
 * Forbids what would break the order of timestamps: they come in pairs (the end of a segment and the start of
 * the next), never go back, open the sequence, and win when all of them together are more probable than any
 * single other token.
 */
export function applyTimestampRules(
  logits: TokenLogits,
  sampled: readonly number[],
  rules: TimestampRules,
): void {
  const { eot, noTimestamps, timestampBegin, timestampEnd, maxInitialTimestampIndex } = rules;
  const isTimestamp = (token: number) => token >= timestampBegin && token < timestampEnd;
  logits.forbid(noTimestamps);

  const lastWasTimestamp = sampled.length >= 1 && isTimestamp(sampled[sampled.length - 1]);
  const penultimateWasTimestamp = sampled.length < 2 || isTimestamp(sampled[sampled.length - 2]);
  if (lastWasTimestamp && penultimateWasTimestamp) logits.forbid(timestampBegin, timestampEnd);
  if (lastWasTimestamp && !penultimateWasTimestamp) {
    logits.forbid(0, eot);
    logits.forbid(timestampEnd, logits.nVocab);
  }

  const lastTimestamp = sampled.findLast(isTimestamp);
  if (lastTimestamp !== undefined) {
    // A segment may start where the last one ended; it may not end where it started, or decoding would loop.
    const startsSegment = lastWasTimestamp && !penultimateWasTimestamp;
    logits.forbid(timestampBegin, startsSegment ? lastTimestamp : lastTimestamp + 1);
  }

  if (sampled.length === 0) {
    forbidText(logits, rules);
    if (maxInitialTimestampIndex !== undefined) {
      logits.forbid(timestampBegin + maxInitialTimestampIndex + 1, timestampEnd);
    }
  }
  const likeliestText = Math.max(
    logits.largest(0, timestampBegin),
    logits.largest(timestampEnd, logits.nVocab),
  );
  if (logits.logSumExp(timestampBegin, timestampEnd) > likeliestText) forbidText(logits, rules);
}

/** Forbids all but the timestamps. */
function forbidText(logits: TokenLogits, { timestampBegin, timestampEnd }: TimestampRules): void {
  logits.forbid(0, timestampBegin);
  logits.forbid(timestampEnd, logits.nVocab);
}

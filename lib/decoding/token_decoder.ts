/**
 * How the next tokens are chosen, and which of the candidates wins. After `TokenDecoder` and
 * `MaximumLikelihoodRanker` of openai/whisper's `decoding.py`.
 */
import type { TokenLogits } from "./token_logits.ts";

/** A sequence of sampled tokens (prompt and prefix not among them) and the sum of their log-probabilities. */
export interface Hypothesis {
  /** The tokens, without end of text. */
  readonly tokens: readonly number[];
  /** The sum of their log-probabilities, and of end of text's if it was sampled. */
  readonly sumLogprob: number;
}

/** Chooses tokens step by step, for one window. */
export interface TokenDecoder {
  /** How many of the most probable tokens of a row it looks at; `undefined` if it may take any. */
  readonly topCount: number | undefined;
  /** What the rows of logits of the next `update` continue: one empty hypothesis at the start. */
  readonly hypotheses: readonly Hypothesis[];
  /** Whether enough candidates have ended. */
  readonly completed: boolean;
  /**
   * Chooses the next token of each hypothesis. Afterwards, `hypotheses` are others, perhaps more or fewer.
   *
   * @param logits A row of filtered logits for each hypothesis.
   * @returns For each new hypothesis, the row it continues.
   */
  update(logits: readonly TokenLogits[]): number[];
  /** Gives all candidates, finished or not. */
  candidates(): Hypothesis[];
}

/**
 * The most probable candidate, by the mean over its length or by Google's length penalty; the first of
 * equals.
 *
 * @param lengthPenalty The exponent of the penalty (arXiv 1609.08144).
 */
export function mostLikely(candidates: readonly Hypothesis[], lengthPenalty?: number): Hypothesis {
  const scores = candidates.map(({ tokens, sumLogprob }) => {
    // Differs from whisper: an empty candidate counts as one token long; there it is a division by zero.
    if (lengthPenalty === undefined) return sumLogprob / Math.max(tokens.length, 1);
    return sumLogprob / ((5 + tokens.length) / 6) ** lengthPenalty;
  });
  return candidates[scores.reduce((best, score, i) => score > scores[best] ? i : best, 0)];
}

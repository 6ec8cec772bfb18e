/**
 * Decodes a window at rising temperatures until the result looks sound. After `decode_with_fallback` of
 * openai/whisper's `transcribe.py`.
 */
import type { DecodingResult, DecodingSettings } from "../../decoding/options.ts";
import type { DecodingAttempt, RetryReason } from "../explain.ts";

/** When a result counts as failed or as silence; `null` turns a rule off. */
export interface FallbackThresholds {
  /** A text that compresses better than this repeats itself. */
  readonly compressionRatioThreshold: number | null;
  /** A mean log-probability below this is too unsure. */
  readonly logprobThreshold: number | null;
  /** A no-speech probability above this, with too low a log-probability, is silence. */
  readonly noSpeechThreshold: number | null;
}

/** The result that is used, and all attempts. */
export interface FallbackResult {
  /** The result. */
  readonly result: DecodingResult;
  /** All attempts in order. */
  readonly attempts: readonly DecodingAttempt[];
  /** Which of the attempts gave the result. */
  readonly used: number;
}

/**
 * Decodes with one setting after the other until a result is accepted. If none is, the most probable one is
 * used that does not repeat itself.
 *
 * Differs from whisper: there the last one is used, however bad; so it is here with `strictParity`.
 *
 * @param ladder The settings, one a temperature; at least one.
 */
export async function decodeWithFallback(
  decode: (settings: DecodingSettings) => Promise<DecodingResult>,
  ladder: readonly DecodingSettings[],
  thresholds: FallbackThresholds,
): Promise<FallbackResult> {
  const results: DecodingResult[] = [];
  const attempts: DecodingAttempt[] = [];
  for (const settings of ladder) {
    const result = await decode(settings);
    const { temperature, text, avgLogprob, noSpeechProb, compressionRatio } = result;
    const retryReasons = reasonsToRetry(result, thresholds);
    results.push(result);
    attempts.push({ temperature, text, avgLogprob, noSpeechProb, compressionRatio, retryReasons });
    if (retryReasons.length === 0) break;
  }
  const last = attempts.length - 1;
  const accepted = attempts[last].retryReasons.length === 0 || ladder[last].strictParity;
  const used = accepted ? last : leastBad(attempts);
  return { result: results[used], attempts, used };
}

/** Whether nobody speaks, as a result has it. */
export function isSilent(
  { noSpeechProb, avgLogprob }: DecodingResult,
  { noSpeechThreshold, logprobThreshold }: Pick<FallbackThresholds, "noSpeechThreshold" | "logprobThreshold">,
): boolean {
  if (noSpeechThreshold === null || noSpeechProb <= noSpeechThreshold) return false;
  return logprobThreshold === null || avgLogprob <= logprobThreshold;
}

function reasonsToRetry(result: DecodingResult, thresholds: FallbackThresholds): RetryReason[] {
  const { compressionRatioThreshold, logprobThreshold, noSpeechThreshold } = thresholds;
  const reasons: RetryReason[] = [];
  if (compressionRatioThreshold !== null && result.compressionRatio > compressionRatioThreshold) {
    reasons.push("compressionRatio");
  }
  if (logprobThreshold !== null && result.avgLogprob < logprobThreshold) {
    if (noSpeechThreshold !== null && result.noSpeechProb > noSpeechThreshold) return []; // silence
    reasons.push("avgLogprob");
  }
  return reasons;
}

function leastBad(attempts: readonly DecodingAttempt[]): number {
  const sound = attempts.filter(({ retryReasons }) => !retryReasons.includes("compressionRatio"));
  const candidates = sound.length > 0 ? sound : attempts;
  const best = candidates.reduce((best, attempt) => attempt.avgLogprob > best.avgLogprob ? attempt : best);
  return attempts.indexOf(best);
}

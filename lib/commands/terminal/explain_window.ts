/** Tells in words what happened in a window: for `--explain`. */
import type { DecodingAttempt, TimeSpan, WindowReport } from "../../../mod.ts";
import { DISCARD_REASONS, RETRY_REASONS } from "../../writers/window_reasons.ts";
import { formatCount, formatSpan } from "./quantities.ts";

/** Spells a report as lines. */
export function explainWindow(window: WindowReport): string {
  const { outcome, segments, attempts, used, discarded, channel } = window;
  const place = channel === undefined ? "" : ` of channel ${channel}`;
  const lines = [
    `Window ${formatSpan(window)}${place}: ${outcome}, ${formatCount(segments, "segment")}`,
    ...attempts.map((attempt, i) => `  ${explainAttempt(attempt, i === used)}`),
    ...discarded.map((left) =>
      `  left out ${formatSpan(left)} (${DISCARD_REASONS[left.reason]}):${
        left.text && ` ${left.text.trim()}`
      }`
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Spells what was cut out before as lines. */
export function explainSilences(silences: readonly TimeSpan[]): string {
  return silences.map((silence) => `Cut out ${formatSpan(silence)}: nobody speaks\n`).join("");
}

function explainAttempt(attempt: DecodingAttempt, isUsed: boolean): string {
  const scores = [
    `log-probability ${attempt.avgLogprob.toFixed(2)}`,
    `compression ratio ${attempt.compressionRatio.toFixed(2)}`,
    `no speech ${attempt.noSpeechProb.toFixed(2)}`,
  ].join(", ");
  const reasons = attempt.retryReasons.map((reason) => RETRY_REASONS[reason]).join(" and ");
  const verdict = [reasons || "sound", ...(isUsed ? ["used"] : [])].join(", ");
  return `temperature ${attempt.temperature.toFixed(1)}: ${scores}: ${verdict}`;
}

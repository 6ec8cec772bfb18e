/** What happened in each window, as a list. */
import { strip } from "../../python/python_text.ts";
import type { DecodingAttempt, WindowReport } from "../../transcription/explain.ts";
import { formatClock } from "../timestamp.ts";
import { voiceName } from "../voice_name.ts";
import { DISCARD_REASONS, RETRY_REASONS } from "../window_reasons.ts";
import { type Markup, markup } from "./markup.ts";
import { playButton } from "./transcript_markup.ts";

/** Whether there is something to be said of a window but that it was transcribed. */
export function isNotable({ attempts, outcome, discarded }: WindowReport): boolean {
  return attempts.length > 1 || outcome === "skipped" ||
    discarded.some(({ reason }) => reason !== "unfinished");
}

/** What a window came to, in some words. */
export function windowSummary({ attempts, outcome, segments, discarded }: WindowReport): string {
  const counts = [
    count(segments, "segment"),
    count(attempts.length, "attempt"),
    ...(discarded.length > 0 ? [`${discarded.length} left out`] : []),
  ];
  return `${outcome}: ${counts.join(", ")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The windows; what is notable of them is open. */
export function windowsMarkup(windows: readonly WindowReport[]): Markup {
  return markup`<ol class="windows">
${windows.map(windowMarkup)}</ol>`;
}

function windowMarkup(window: WindowReport): Markup {
  const { start, end, attempts, used, discarded } = window;
  const voice = voiceName(window), place = voice === undefined ? "" : ` of ${voice}`;
  return markup`<li class="window${isNotable(window) && " is-notable"}">${playButton(start)}<div>
<p>to ${formatClock(end)}${place}, ${windowSummary(window)}</p>
<ul>
${attempts.map((attempt, i) => attemptMarkup(attempt, i === used))}${
    discarded.map(({ reason, start, end, text }) =>
      markup`<li>Left out ${formatClock(start)} to ${formatClock(end)}, ${
        DISCARD_REASONS[reason]
      }: <q dir="auto">${strip(text)}</q></li>\n`
    )
  }</ul></div></li>\n`;
}

function attemptMarkup(attempt: DecodingAttempt, isUsed: boolean): Markup {
  const { temperature, avgLogprob, compressionRatio, noSpeechProb, retryReasons, text } = attempt;
  const scores = `log-probability ${avgLogprob.toFixed(2)}, compression ratio ${
    compressionRatio.toFixed(2)
  }, no speech ${noSpeechProb.toFixed(2)}`;
  const reasons = retryReasons.map((reason) => RETRY_REASONS[reason]).join(" and ");
  // What was used is in the transcript.
  const rejected = !isUsed && markup`: <q dir="auto">${strip(text)}</q>`;
  return markup`<li>Temperature ${temperature.toFixed(1)}, ${
    isUsed ? markup`<strong>used</strong>` : "not used"
  }${reasons && `, ${reasons}`} <span class="hint">(${scores})</span>${rejected}</li>\n`;
}

/** A transcription as a page to look at: one file that asks nobody, with a player that lights the words. */
import type { Transcript } from "../transcript.ts";
import { formatClock } from "../timestamp.ts";
import { Markup, markup } from "./markup.ts";
import { PAGE } from "./page_files.ts";
import { checkReportOptions, type ReportOptions } from "./report_options.ts";
import { timelineMarkup } from "./timeline_markup.ts";
import { durationOf, peaksIn, speechOf } from "./timeline.ts";
import { doubtsMarkup, legendMarkup, spellSpan, transcriptMarkup } from "./transcript_markup.ts";
import { voicesOf } from "./voices.ts";
import { windowsMarkup } from "./windows_markup.ts";

/** Peaks of the player's picture: as many as there are bars on a wide screen. */
const PEAKS = 1024;

/** What the page may do: run its own script and play the recording. Nothing that a text holds can be either. */
const POLICY = [
  "default-src 'none'",
  `script-src '${PAGE.scriptHash}'`,
  `style-src '${PAGE.styleHash}'`,
  "img-src data:",
  "media-src 'self' file: data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * Spells a page (HTML) that stands alone: the recording's picture, the text with its words by confidence, the words to
 * look at again, and, where the transcription was made with `explain`, what happened in each window. It plays the
 * recording that `recording` names, or one that its reader chooses.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function toHtml(result: Transcript, options: ReportOptions = {}): string {
  checkReportOptions(options);
  const { name = "audio", waveform, recording } = options;
  const { segments, windows } = result;
  const voices = voicesOf(segments);
  const duration = durationOf(result, waveform);
  const doubts = doubtsMarkup(result);
  const sections = [
    section("transcript", "Transcript", [
      segments.some(({ words }) => words?.length) && legendMarkup(),
      segments.length > 0
        ? transcriptMarkup(result, voices)
        : markup`<p class="hint">Nobody is heard speaking.</p>`,
    ]),
    section("timeline", "Timeline", timelineMarkup(result, options, voices)),
    doubts && section("doubts", "Words to check", doubts),
    windows?.length ? section("windows", "Windows", windowsMarkup(windows)) : undefined,
  ].filter((each) => each !== undefined);
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.ofOurs(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Sotto">
<link rel="icon" href="data:,">
<title>${name}</title>
<style>${Markup.ofOurs(PAGE.style)}</style>
</head>
<body class="has-transcript"${recording !== undefined && markup` data-recording="${recording}"`}>
<header class="masthead"><h1 dir="auto">${name}</h1><p>${factsOf(result, duration)}</p></header>
<main>
${playerMarkup(result, options, duration)}
<nav aria-label="Parts of this page"><ul>${links}</ul></nav>
${sections.map(({ body }) => body)}</main>
<audio id="audio" preload="metadata"></audio>
<script>${Markup.ofOurs(PAGE.script)}</script>
</body>
</html>
`.toString();
}

function section(
  id: string,
  title: string,
  content: Parameters<typeof markup>[1],
): { id: string; title: string; body: Markup } {
  const body = markup`<section aria-labelledby="${id}"><h2 id="${id}" tabindex="-1">${title}</h2>
${content}
</section>
`;
  return { id, title, body };
}

/** The language, how long it is, how much is said, by how many. */
function factsOf({ language, segments }: Transcript, duration: number): string {
  const speakers =
    new Set(segments.map(({ speaker }) => speaker).filter((speaker) => speaker !== undefined)).size;
  const count = segments.reduce((sum, { words }) => sum + (words?.length ?? 0), 0);
  return [
    languageName(language),
    formatClock(duration),
    ...(count > 0 ? [`${count} words`] : []),
    ...(speakers > 0 ? [`${speakers} ${speakers === 1 ? "speaker" : "speakers"}`] : []),
  ].join(" · ");
}

function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    // What is no code of a language is its own name.
    return code;
  }
}

/** The player: there when the recording is, and a way to it where it is not. */
function playerMarkup(result: Transcript, { waveform }: ReportOptions, duration: number): Markup {
  const peaks = waveform ? peaksIn(waveform, { start: 0, end: duration }, PEAKS) : [];
  return markup`<noscript><p class="hint">To play the recording, this page needs JavaScript.</p></noscript>
<p class="choice" id="choice" hidden><span id="choice-reason"></span>
<label class="button button--small"><input class="visually-hidden" id="file" type="file" accept="audio/*,video/*">
Choose the recording</label></p>
<section class="player" id="player" aria-label="Player" hidden>
<button class="player__play" id="play" type="button" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true"><path class="player__icon-play" d="M4.5 2.6v10.8L13.2 8z"/><path class="player__icon-pause" d="M4 3h3v10H4zM9 3h3v10H9z"/></svg></button>
<div class="waveform" id="waveform" role="slider" tabindex="0" aria-label="Position" aria-valuemin="0" aria-valuemax="${
    Math.round(duration)
  }" aria-valuenow="0" aria-valuetext="0 seconds" data-duration="${duration}" data-peaks="${
    peaks.map((peak) => Math.round(1000 * Math.min(1, peak))).join(" ")
  }" data-speech="${
    speechOf(result, duration).map(spellSpan).join(" ")
  }"><canvas aria-hidden="true"></canvas></div>
<p class="player__clock"><span id="clock">0:00</span> / <span id="duration">${
    formatClock(duration)
  }</span></p>
<label class="player__speed"><span class="visually-hidden">Speed</span><select id="speed">${
    [0.5, 0.75, 1, 1.25, 1.5, 2].map((speed) =>
      markup`<option value="${speed}"${speed === 1 && markup` selected`}>${speed}×</option>`
    )
  }</select></label>
</section>`;
}

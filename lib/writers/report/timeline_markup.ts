/** The picture of a page: a row for each stretch of the recording. Its words are in the transcript, and so not drawn. */
import type { TimeSpan } from "../../transcription/segments.ts";
import { formatClock } from "../timestamp.ts";
import type { Transcript } from "../transcript.ts";
import { voiceName } from "../voice_name.ts";
import { confidenceLevel } from "./confidence.ts";
import { type Markup, markup } from "./markup.ts";
import type { ReportOptions } from "./report_options.ts";
import { type TimelineRow, timelineRows } from "./timeline.ts";
import { spellSpan } from "./transcript_markup.ts";
import { voiceClass } from "./voices.ts";
import { isNotable, windowSummary } from "./windows_markup.ts";

/** A row in units of its picture, which is as wide as the page lets it be. */
const WIDTH = 1000;

/** The lanes of a row, from above: top and height. */
const LANES = { wave: [0, 36], words: [39, 5], segments: [47, 7], windows: [57, 5] } as const;
const HEIGHT = 62;

const BARS = 200;
const MOST_ROWS = 30;

/** The rows, and what is what in them. */
export function timelineMarkup(
  result: Transcript,
  options: ReportOptions,
  voices: readonly string[],
): Markup {
  const rows = timelineRows(result, options, { mostRows: MOST_ROWS, barsPerRow: BARS });
  const has = (lane: "words" | "windows") => rows.some((row) => row[lane].length > 0);
  return markup`<figure class="timeline">
<figcaption class="legend"><span class="key key--speech">Speech</span>${
    has("words") && markup` <span class="key key--word">Words, orange where unsure</span>`
  } ${
    voices.length > 0
      ? voices.map((voice) => markup` <span class="key ${voiceClass(voice, voices)}">${voice}</span>`)
      : markup`<span class="key voice-0">Segments</span>`
  }${
    has("windows") &&
    markup` <span class="key key--window">Windows</span> <span class="key key--notable">decoded again, or something left out</span>`
  }</figcaption>
${rows.map((row) => rowMarkup(row, voices))}</figure>`;
}

function rowMarkup(row: TimelineRow, voices: readonly string[]): Markup {
  const scale = WIDTH / (row.end - row.start);
  const x = (time: number) => Math.round(10 * Math.max(0, Math.min(WIDTH, (time - row.start) * scale))) / 10;
  const bar = (name: string, span: TimeSpan, lane: keyof typeof LANES, title?: string): Markup => {
    const [top, height] = LANES[lane];
    const from = x(span.start);
    const width = Math.max(2, Math.round(10 * (x(span.end) - from)) / 10);
    return markup`<rect class="${name}" x="${from}" y="${top}" width="${width}" height="${height}"${
      title === undefined ? markup`/>` : markup`><title>${title}</title></rect>`
    }`;
  };
  return markup`<div class="row"><span class="row__clock">${
    formatClock(row.start)
  }</span><div class="row__track" data-t="${
    spellSpan(row)
  }"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${
    row.speech.map((span) => bar("speech", span, "wave"))
  }<path class="wave" d="${wavePath(row)}"/>${
    row.words.map((word) => bar(`word unsure-${confidenceLevel(word)}`, word, "words"))
  }${
    row.segments.map((segment) => {
      const voice = voiceName(segment);
      return bar(voice === undefined ? "voice-0" : voiceClass(voice, voices), segment, "segments");
    })
  }${
    row.windows.map((window) =>
      bar(isNotable(window) ? "window is-notable" : "window", window, "windows", windowSummary(window))
    )
  }</svg></div></div>\n`;
}

/** Strokes up and down from the middle. */
function wavePath({ heights }: TimelineRow): string {
  const [top, height] = LANES.wave;
  return heights.map((share, i) => {
    const tall = Math.max(1, Math.round(share * height));
    return `M${i * WIDTH / BARS + WIDTH / BARS / 2} ${top + (height - tall) / 2}v${tall}`;
  }).join("");
}

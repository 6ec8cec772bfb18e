/** A transcription as a picture for documents: on a light background, in rows, its text being text. */
import type { TimeSpan } from "../../transcription/segments.ts";
import { formatClock } from "../timestamp.ts";
import type { Transcript } from "../transcript.ts";
import { voiceName } from "../voice_name.ts";
import { CONFIDENCE_LEVELS, confidenceLevel } from "./confidence.ts";
import { linesOf, type SetWord, textWidth, wordsSaidIn } from "./flowed_text.ts";
import { Markup, markup } from "./markup.ts";
import { checkReportOptions, type ReportOptions } from "./report_options.ts";
import { type TimelineRow, timelineRows } from "./timeline.ts";
import { voicesOf } from "./voices.ts";
import { isNotable, windowSummary } from "./windows_markup.ts";

/** Pixels. */
const WIDTH = 1200;
const MARGIN = 16;
/** Where time begins: clocks stand before it. */
const LEFT = 72;
const TRACK = WIDTH - MARGIN - LEFT;

const BARS = 360;
const MOST_ROWS = 60;

/** The lanes of a row, from its top. */
const WAVE = { top: 12, height: 44 };
const WORDS = { top: 60, height: 4 };
const WINDOWS = { top: 67, height: 4 };
const TEXT_TOP = 76;
const ROW_GAP = 14;

const LETTERS = 11;
const LINE = 14;
/** The least width of a segment's text: some words. */
const NARROWEST = 84;

const VOICE_COLOURS = ["#1c7a63", "#3a62b0", "#a0487a", "#8a6a14", "#6a53b5", "#3f6f2a"];
/** Of words, by their confidence. */
const WORD_COLOURS = ["#1c1d1b", "#7a5a00", "#b04a00", "#b3261e"];

const STYLE = Markup.ofOurs(
  `text{font:${LETTERS}px system-ui,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;fill:#1c1d1b;white-space:pre}
.s{fill:#5d605a;font-size:9px}.h{font-size:15px;font-weight:600}.t{fill:#e3f1ec}.w{stroke:#6f756b;stroke-width:1.5;fill:none}.g{stroke:#dfe0da}.d{fill:#c9ccc4}.n{fill:#c2740c}
${VOICE_COLOURS.map((colour, i) => `.v${i}{fill:${colour}}`).join("")}
${WORD_COLOURS.slice(1).map((colour, i) => `.u${i + 1}{fill:${colour}}`).join("")}`,
);

/** Seconds between marks, for rows of a length. */
const TICKS: readonly (readonly [row: number, tick: number])[] = [
  [10, 1],
  [30, 2],
  [60, 5],
  [120, 10],
  [600, 60],
  [Infinity, 300],
];

/**
 * Draws a transcription (SVG) in rows of some seconds: the waveform, speech, windows, and the segments with their words
 * by confidence. It is 1200 pixels wide; a minute is some 800 pixels high, an hour up to 15,000.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function toSvg(result: Transcript, options: ReportOptions = {}): string {
  checkReportOptions(options);
  const { name = "audio" } = options;
  const voices = voicesOf(result.segments);
  const rows = timelineRows(result, options, { mostRows: MOST_ROWS, barsPerRow: BARS });
  let top = 56;
  const drawn = rows.map((row) => {
    const { body, height } = rowMarkup(row, voices);
    const placed = markup`<g transform="translate(0 ${top})">${body}</g>\n`;
    top += height + ROW_GAP;
    return placed;
  });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" role="img" aria-label="${name}">
<title>${name}</title>
<style>${STYLE}</style>
<rect width="${WIDTH}" height="${top}" fill="#fff"/>
<text class="h" x="${MARGIN}" y="26">${name}</text>
${legendMarkup(result, voices)}
${drawn}</svg>
`.toString();
}

/** What is what, in one line. */
function legendMarkup(result: Transcript, voices: readonly string[]): Markup {
  const entries: { readonly mark?: string; readonly text: string; readonly colour?: string }[] = [
    { mark: "t", text: "speech" },
    ...voices.map((voice, i) => ({ mark: `v${i % VOICE_COLOURS.length}`, text: voice })),
    ...(result.windows?.length
      ? [{ mark: "d", text: "window" }, { mark: "n", text: "window decoded again, or something left out" }]
      : []),
    ...(result.segments.some(({ words }) => words?.length)
      ? CONFIDENCE_LEVELS.map(({ label }, level) => ({
        text: `word ${label}`,
        colour: level > 0 ? `u${level}` : "",
      }))
      : []),
  ];
  let x = MARGIN;
  return markup`<g>${
    entries.map(({ mark, text, colour }) => {
      const at = x;
      x += (mark ? 14 : 0) + textWidth(text) * LETTERS + 16;
      return markup`${mark && markup`<rect class="${mark}" x="${at}" y="36" width="9" height="9"/>`}<text${
        colour && markup` class="${colour}"`
      } x="${round(at + (mark ? 14 : 0))}" y="44">${text}</text>`;
    })
  }</g>`;
}

function rowMarkup(row: TimelineRow, voices: readonly string[]): { body: Markup; height: number } {
  const length = row.end - row.start;
  const x = (time: number) => round(LEFT + TRACK * Math.max(0, Math.min(1, (time - row.start) / length)));
  const bar = (name: string, span: TimeSpan, lane: { top: number; height: number }, title?: string) => {
    const [from, to] = [x(span.start), x(span.end)];
    const box = markup`class="${name}" x="${from}" y="${lane.top}" width="${
      round(Math.max(1, to - from - 0.5))
    }" height="${lane.height}"`;
    return title === undefined ? markup`<rect ${box}/>` : markup`<rect ${box}><title>${title}</title></rect>`;
  };
  const texts = segmentTexts(row, x, voices);
  const body = markup`<text class="s" x="${MARGIN}" y="${WAVE.top + WAVE.height / 2 + 3}">${
    formatClock(row.start)
  }</text>${ticksMarkup(row, x)}${row.speech.map((span) => bar("t", span, WAVE))}<path class="w" d="${
    wavePath(row)
  }"/>${
    row.words.map((word) => {
      const level = confidenceLevel(word);
      return bar(level > 0 ? `u${level}` : "d", word, WORDS);
    })
  }${
    row.windows.map((window) => bar(isNotable(window) ? "n" : "d", window, WINDOWS, windowSummary(window)))
  }${texts.body}`;
  return { body, height: TEXT_TOP + texts.height };
}

/** Marks of time along the top. */
function ticksMarkup({ start, end }: TimelineRow, x: (time: number) => number): Markup[] {
  const [, step] = TICKS.find(([row]) => end - start <= row)!;
  const first = Math.ceil(start / step);
  const count = Math.max(0, Math.ceil(end / step) - first);
  return Array.from({ length: count }, (_, i) => {
    const time = (first + i) * step;
    return markup`<path class="g" d="M${x(time)} 0V${TEXT_TOP - 4}"/><text class="s" x="${
      x(time) + 2
    }" y="8">${formatClock(time)}</text>`;
  });
}

/** Strokes up and down from the middle. */
function wavePath({ heights }: TimelineRow): string {
  return heights.map((share, i) => {
    const tall = Math.max(1, Math.round(share * WAVE.height));
    return `M${round(LEFT + TRACK * (i + 0.5) / BARS)} ${WAVE.top + (WAVE.height - tall) / 2}v${tall}`;
  }).join("");
}

/** The segments, each in a box from where it begins; boxes that would lie upon each other go below each other. */
function segmentTexts(
  row: TimelineRow,
  x: (time: number) => number,
  voices: readonly string[],
): { body: Markup[]; height: number } {
  const boxes = row.segments.map((segment) => {
    const from = Math.min(x(segment.start), WIDTH - MARGIN - NARROWEST);
    const width = Math.max(NARROWEST, x(segment.end) - from) - 6;
    const voice = voiceName(segment);
    const lines = linesOf(wordsSaidIn(segment, row), (width - 6) / LETTERS);
    const widest = Math.max(0, ...lines.map((words) => textWidth(words.map(({ text }) => text).join(""))));
    return {
      from,
      to: from + 6 + widest * LETTERS,
      lines,
      colour: `v${voice === undefined ? 0 : voices.indexOf(voice) % VOICE_COLOURS.length}`,
    };
  }).filter(({ lines }) => lines.length > 0);
  const lanes: { end: number; lines: number }[] = [];
  const placed = boxes.map((box) => {
    let lane = lanes.findIndex(({ end }) => box.from >= end);
    if (lane < 0) lane = lanes.push({ end: 0, lines: 0 }) - 1;
    lanes[lane] = { end: box.to, lines: Math.max(lanes[lane].lines, box.lines.length) };
    return { ...box, lane };
  });
  const tops = lanes.map((_, i) =>
    TEXT_TOP + lanes.slice(0, i).reduce((sum, { lines }) => sum + lines * LINE + 4, 0)
  );
  const body = placed.map(({ from, lines, colour, lane }) =>
    markup`<rect class="${colour}" x="${from}" y="${tops[lane]}" width="2" height="${lines.length * LINE}"/>${
      lines.map((words, i) => lineMarkup(words, from + 6, tops[lane] + 11 + i * LINE))
    }`
  );
  return { body, height: lanes.reduce((sum, { lines }) => sum + lines * LINE + 4, 0) };
}

function lineMarkup(words: readonly SetWord[], x: number, y: number): Markup {
  return markup`<text x="${round(x)}" y="${y}">${
    words.map(({ text, level }) => {
      return level === 0 ? text : markup`<tspan class="u${level}">${text}</tspan>`;
    })
  }</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A transcription over time, cut into rows: what is heard, spoken, said and decoded when. In seconds: nothing is drawn. */
import type { Waveform } from "../../audio/waveform/waveform_meter.ts";
import type { WindowReport } from "../../transcription/explain.ts";
import type { Segment, TimeSpan, Word } from "../../transcription/segments.ts";
import { isSpoken, type Transcript } from "../transcript.ts";
import type { ReportOptions } from "./report_options.ts";

/** A row of the picture. */
export interface TimelineRow extends TimeSpan {
  /** How loud each of its equal parts is, the loudest of the recording being 1. Empty where that is not known. */
  readonly heights: readonly number[];
  /** Where somebody speaks. */
  readonly speech: readonly TimeSpan[];
  /** The segments that begin in it or go on. */
  readonly segments: readonly Segment[];
  /** The words likewise. */
  readonly words: readonly Word[];
  /** The windows likewise. */
  readonly windows: readonly WindowReport[];
}

/** How a timeline is cut. */
export interface TimelineLayout {
  /** The rows there may be, unless told how long each is. */
  readonly mostRows: number;
  /** The parts of a row whose loudness is told. */
  readonly barsPerRow: number;
}

/** Seconds that a row may have. */
const ROW_LENGTHS = [10, 15, 20, 30, 60, 120, 300, 600, 1200, 3600];

/** Seconds of a pause between words that is not told from speech. */
const SHORTEST_PAUSE = 0.3;

/** What is softer than this is shown as soft as it is, not made to fill the picture. */
const SOFTEST = 0.05;

/** Seconds of the recording: as measured, or as far as anything is said. */
export function durationOf({ segments }: Transcript, waveform?: Waveform): number {
  return waveform?.duration ?? segments.reduce((latest, { end }) => Math.max(latest, end), 0);
}

/** Cuts a transcription into rows. */
export function timelineRows(
  result: Transcript,
  { waveform, secondsPerRow }: ReportOptions,
  { mostRows, barsPerRow }: TimelineLayout,
): TimelineRow[] {
  const duration = durationOf(result, waveform);
  const length = secondsPerRow ?? ROW_LENGTHS.find((seconds) => duration <= seconds * mostRows) ?? 3600;
  const speech = speechOf(result, duration);
  const words = result.segments.flatMap(({ words = [] }) => words).filter(isSpoken);
  const segments = result.segments.filter(isSpoken);
  const loudest = waveform && loudestOf(waveform);
  return Array.from({ length: Math.max(1, Math.ceil(duration / length)) }, (_, i) => {
    const row = { start: i * length, end: (i + 1) * length };
    const within = <Span extends TimeSpan>(spans: readonly Span[]) =>
      spans.filter(({ start, end }) => start < row.end && (end > row.start || start >= row.start));
    return {
      ...row,
      heights: waveform && loudest ? peaksIn(waveform, row, barsPerRow).map((peak) => peak / loudest) : [],
      speech: within(speech),
      segments: within(segments),
      words: within(words),
      windows: within(result.windows ?? []),
    };
  });
}

/**
 * Where somebody speaks: all but the silences that were cut out, or where none was, what words were heard in, or segments
 * where words are not known.
 */
export function speechOf({ segments, silences }: Transcript, duration: number): TimeSpan[] {
  if (silences?.length && silences.every(({ channel }) => channel === undefined)) {
    const edges = [0, ...silences.flatMap(({ start, end }) => [start, end]), duration];
    return Array.from(
      { length: edges.length / 2 },
      (_, i) => ({ start: edges[2 * i], end: edges[2 * i + 1] }),
    )
      .filter(({ start, end }) => end > start);
  }
  const heard = segments.filter(isSpoken)
    .flatMap(({ start, end, words }) => words?.length ? words.filter(isSpoken) : [{ start, end }])
    .toSorted((one, other) => one.start - other.start);
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of heard) {
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < SHORTEST_PAUSE) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** How loud the loudest moment is, or if all is soft, what shall fill a picture of it. */
function loudestOf({ peaks }: Waveform): number {
  return peaks.reduce((one, other) => Math.max(one, other), SOFTEST);
}

/** The largest magnitude in each of so many equal parts of a stretch; parts after the recording's end are left out. */
export function peaksIn(
  { peaks, secondsPerPeak, duration }: Waveform,
  { start, end }: TimeSpan,
  count: number,
): number[] {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const [from, to] = [i, i + 1].map((part) => start + (end - start) * part / count);
    if (from >= duration) break;
    const first = Math.floor(from / secondsPerPeak);
    const last = Math.max(first + 1, Math.ceil(to / secondsPerPeak));
    let peak = 0;
    for (let j = first; j < last && j < peaks.length; j++) peak = Math.max(peak, peaks[j]);
    found.push(peak);
  }
  return found;
}

/** The transcriptions of the parts of a recording as one of the whole. */
import type { Segment, TimeSpan, Transcription, WindowReport } from "../../../mod.ts";
import { FRAMES_PER_SECOND } from "../../audio/log_mel_spectrogram.ts";
import type { PartWindow } from "../job.ts";

/** A part, and what it gave: with times from its own start. */
export interface TranscribedPart {
  readonly window: PartWindow;
  readonly transcription: Transcription;
}

/** Sums of times keep so many places: a tenth of the shortest step that there is between two times. */
const PLACES = 1000;

/**
 * Merges parts: their segments numbered through, and all their times from the start of the recording.
 *
 * @param parts In any order.
 * @throws {RangeError} when one is missing, or there twice.
 */
export function mergeParts(parts: readonly TranscribedPart[]): Transcription {
  const inOrder = parts.toSorted((a, b) => a.window.index - b.window.index);
  const [first] = inOrder;
  if (
    first === undefined ||
    inOrder.some(({ window }, i) => window.index !== i || window.count !== parts.length)
  ) {
    const found = inOrder.map(({ window }) => `${window.index + 1} of ${window.count}`).join(", ");
    throw new RangeError(
      `Cannot merge the parts of a recording: found ${found || "none"}, wanted each of them once`,
    );
  }
  const segments: Segment[] = [];
  const windows: WindowReport[] = [];
  const silences: TimeSpan[] = [];
  for (const { window: { start }, transcription } of inOrder) {
    for (const segment of transcription.segments) {
      segments.push(shiftSegment(segment, start, segments.length));
    }
    windows.push(...(transcription.windows ?? []).map((report) => shiftReport(report, start)));
    silences.push(...(transcription.silences ?? []).map((silence) => shift(silence, start)));
  }
  const has = (name: "windows" | "silences") =>
    inOrder.some(({ transcription }) => transcription[name] !== undefined);
  return {
    text: inOrder.map(({ transcription }) => transcription.text).join(""),
    segments,
    language: first.transcription.language,
    ...(has("windows") && { windows }),
    ...(has("silences") && { silences: joinMeeting(silences) }),
  };
}

/** Gives a segment of a part its place in the recording. */
function shiftSegment(segment: Segment, by: number, id: number): Segment {
  const { words } = segment;
  return {
    ...shift(segment, by),
    id,
    seek: segment.seek + framesOf(by),
    ...(words && { words: words.map((word) => shift(word, by)) }),
  };
}

function shiftReport(report: WindowReport, by: number): WindowReport {
  const { seek, nextSeek, discarded } = report;
  return {
    ...shift(report, by),
    seek: seek + framesOf(by),
    nextSeek: nextSeek + framesOf(by),
    discarded: discarded.map((text) => shift(text, by)),
  };
}

function shift<Timed extends { readonly start: number; readonly end: number }>(
  timed: Timed,
  by: number,
): Timed {
  return by === 0 ? timed : { ...timed, start: sum(timed.start, by), end: sum(timed.end, by) };
}

function sum(time: number, by: number): number {
  return Math.round((time + by) * PLACES) / PLACES;
}

function framesOf(seconds: number): number {
  return Math.round(seconds * FRAMES_PER_SECOND);
}

/** A silence that a cut lies in is one. */
function joinMeeting(silences: readonly TimeSpan[]): TimeSpan[] {
  const joined: TimeSpan[] = [];
  for (const silence of silences) {
    const last = joined.at(-1);
    if (last?.end === silence.start) joined[joined.length - 1] = { ...last, end: silence.end };
    else joined.push(silence);
  }
  return joined;
}

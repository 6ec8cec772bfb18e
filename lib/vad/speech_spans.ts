/**
 * From the probability of speech in each frame to stretches of speech: begun at one threshold and ended at a lower one,
 * joined over short silences, cut where they are too long. After `get_speech_timestamps` of Silero VAD.
 */
import type { VadSettings } from "./vad_options.ts";

/** A stretch of a recording, in whatever unit is said. */
export interface Span {
  /** Where it starts. */
  readonly start: number;
  /** Where it ends: what is there is no longer in it. */
  readonly end: number;
}

/** Silence of this many seconds is a pause that over-long speech may be cut in: as in Silero VAD. */
const SHORTEST_PAUSE = 0.098;

/** What `speechSpans` goes by. */
export type SpanSettings = Omit<VadSettings, "speechPad">;

/**
 * Finds the stretches of speech.
 *
 * @param probabilities The probability of speech in each frame.
 * @param frameSeconds The length of a frame.
 * @returns Spans in frames, in order, none touching another unless speech was cut.
 */
export function speechSpans(
  probabilities: ArrayLike<number>,
  settings: SpanSettings,
  frameSeconds: number,
): Span[] {
  const { minSpeechDuration, minSilenceDuration, maxSpeechDuration } = settings;
  // A piece of one frame could not be cut behind its first.
  const mostFrames = Math.max(2, Math.floor(maxSpeechDuration / frameSeconds));
  return joinRuns(voicedRuns(probabilities, settings), minSilenceDuration / frameSeconds)
    // What counts is what is spoken: Silero counts the silences between too, and two clicks would be speech.
    .filter(({ voiced }) => voiced * frameSeconds >= minSpeechDuration)
    .flatMap((span) => cutToLength(span, mostFrames, { probabilities, settings, frameSeconds }));
}

/** Joins runs that lie less than some frames apart, and counts the frames of each. */
function joinRuns(runs: readonly Span[], leastSilence: number): (Span & { voiced: number })[] {
  const joined: (Span & { voiced: number })[] = [];
  for (const { start, end } of runs) {
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < leastSilence) {
      joined[joined.length - 1] = { start: last.start, end, voiced: last.voiced + end - start };
    } else joined.push({ start, end, voiced: end - start });
  }
  return joined;
}

/** The runs of frames between the two thresholds' crossings. */
function voicedRuns(
  probabilities: ArrayLike<number>,
  { threshold, negThreshold }: Pick<VadSettings, "threshold" | "negThreshold">,
): Span[] {
  const runs: Span[] = [];
  let start = -1;
  for (let frame = 0; frame < probabilities.length; frame++) {
    if (start < 0 && probabilities[frame] >= threshold) start = frame;
    else if (start >= 0 && probabilities[frame] < negThreshold) {
      runs.push({ start, end: frame });
      start = -1;
    }
  }
  if (start >= 0) runs.push({ start, end: probabilities.length });
  return runs;
}

/** What cutting goes by. */
interface Listening {
  readonly probabilities: ArrayLike<number>;
  readonly settings: SpanSettings;
  readonly frameSeconds: number;
}

/** Cuts a span into pieces of `most` frames at most. */
function cutToLength({ start, end }: Span, most: number, heard: Listening): Span[] {
  const pieces: Span[] = [];
  let from = start;
  while (end - from > most) {
    const cut = bestCut({ start: from, end: from + most }, heard);
    pieces.push({ start: from, end: cut.start });
    from = cut.end;
  }
  pieces.push({ start: from, end });
  return pieces;
}

/** The longest pause in a span, the last of equals; without one, its least probable frame, which the next piece keeps. */
function bestCut({ start, end }: Span, { probabilities, settings, frameSeconds }: Listening): Span {
  let best: Span | undefined;
  let silentSince = -1;
  for (let frame = start + 1; frame < end; frame++) {
    if (probabilities[frame] < settings.negThreshold) {
      if (silentSince < 0) silentSince = frame;
      const pause = { start: silentSince, end: frame + 1 };
      const length = pause.end - pause.start;
      if (length * frameSeconds >= SHORTEST_PAUSE && length >= (best ? best.end - best.start : 0)) {
        best = pause;
      }
    } else silentSince = -1;
  }
  if (best !== undefined) return best;
  // Not in the first half: pieces should be few.
  let least = end - 1;
  for (let frame = end - 1; frame > (start + end) / 2; frame--) {
    if (probabilities[frame] < probabilities[least]) least = frame;
  }
  return { start: least, end: least };
}

/**
 * Adds to both ends of each span; two that would meet share what is between them.
 *
 * @param pad How much, in the spans' unit.
 * @param length Where the recording ends.
 */
export function padSpans(spans: readonly Span[], pad: number, length: number): Span[] {
  return spans.map(({ start, end }, i) => {
    const before = i === 0 ? start : (start - spans[i - 1].end) / 2;
    const after = i === spans.length - 1 ? length - end : (spans[i + 1].start - end) / 2;
    return {
      start: start - Math.min(pad, Math.max(0, i === 0 ? before : Math.ceil(before))),
      end: end + Math.min(pad, Math.max(0, Math.floor(after))),
    };
  });
}

/**
 * Which parts of the audio are transcribed. After the `clip_timestamps` of openai/whisper's `transcribe.py`.
 */
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import { roundHalfEven } from "../python/round_half_even.ts";

/** A part of the audio, in frames of 10 ms. */
export interface Clip {
  /** Its first frame. */
  readonly start: number;
  /** The frame after its last; `Infinity` if it ends with the audio. */
  readonly end: number;
}

/**
 * Pairs clip times up. Without any, or without a last end, the rest of the audio counts. They may lie past its end,
 * which is not known yet.
 *
 * @returns The clips in the order given, without empty ones.
 */
export function clipRanges(seconds: readonly number[]): Clip[] {
  const points = seconds.map(toFrame);
  if (points.length === 0) points.push(0);
  if (points.length % 2 === 1) points.push(Infinity);
  const clips: Clip[] = [];
  for (let i = 0; i < points.length; i += 2) {
    if (points[i] < points[i + 1]) clips.push({ start: points[i], end: points[i + 1] });
  }
  return clips;
}

function toFrame(seconds: number): number {
  return roundHalfEven(seconds * FRAMES_PER_SECOND);
}

/** Says of each part that is left out why: it begins after the end of the audio, or it ends where it begins or before. */
export function clipWarnings(seconds: readonly number[], contentFrames: number): string[] {
  const total = contentFrames / FRAMES_PER_SECOND;
  const warnings: string[] = [];
  for (let i = 0; i < seconds.length; i += 2) {
    const [start, end = Infinity] = seconds.slice(i, i + 2);
    const clip = `The part from ${start} s ${end === Infinity ? "on" : `to ${end} s`} is left out: it`;
    if (start > end) warnings.push(`${clip} ends before it begins`);
    else if (toFrame(start) === toFrame(end)) {
      warnings.push(`${clip} is shorter than a hundredth of a second`);
    } else if (start > 0 && start >= total) {
      warnings.push(`${clip} begins after the end of the audio, ${total} s long`);
    }
  }
  return warnings;
}

/** Warns of the parts that are left out, once the length of the recording is known. */
export class ClipWarnings {
  readonly #clipTimestamps: readonly number[];
  readonly #onWarning: ((message: string) => void) | undefined;
  #warned = false;

  constructor(clipTimestamps: readonly number[], onWarning?: (message: string) => void) {
    this.#clipTimestamps = clipTimestamps;
    this.#onWarning = onWarning;
  }

  /** @param contentFrames How long the recording is, in frames of 10 ms, if that is known by now. */
  warn(contentFrames: number | undefined): void {
    if (contentFrames === undefined || this.#warned) return;
    this.#warned = true;
    for (const warning of clipWarnings(this.#clipTimestamps, contentFrames)) this.#onWarning?.(warning);
  }
}

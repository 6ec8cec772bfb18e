/** Where voices are listened to: windows over stretches of speech, each long enough to tell a voice by. */
import type { Span } from "../vad/speech_spans.ts";

/** Windows of one length over a stretch, in its frames. */
export interface VoiceWindows {
  /** The first frame of each. */
  readonly starts: readonly number[];
  /** How many frames each has. */
  readonly frames: number;
}

/**
 * Lays windows over a stretch so that they cover it evenly: the last ends with it. A stretch shorter than a window has
 * one of its own length.
 *
 * @param frames Frames of the stretch.
 * @param hop Most frames from one window to the next.
 */
export function windowsOver(frames: number, window: number, hop: number): VoiceWindows {
  if (frames <= window) return { starts: [0], frames };
  const count = Math.ceil((frames - window) / hop) + 1;
  const starts = Array.from({ length: count }, (_, i) => Math.round(i * (frames - window) / (count - 1)));
  return { starts, frames: window };
}

/** What part of the stretch each window speaks for: up to the middle between its centre and the next one's. */
export function partsOf({ starts, frames }: VoiceWindows, length: number): Span[] {
  const centres = starts.map((start) => start + frames / 2);
  return centres.map((centre, i) => ({
    start: i === 0 ? 0 : (centres[i - 1] + centre) / 2,
    end: i === centres.length - 1 ? length : (centre + centres[i + 1]) / 2,
  }));
}

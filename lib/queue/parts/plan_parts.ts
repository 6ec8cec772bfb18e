/** Where a long recording is cut, so that several workers transcribe it: in pauses, each part about as long as wanted. */
import type { TimeSpan } from "../../../mod.ts";
import { FRAMES_PER_SECOND } from "../../audio/log_mel_spectrogram.ts";
import type { PartWindow } from "../job.ts";

/** A pause of more seconds is as good as one of so many: nearness decides between them. */
const LONG_PAUSE = 3;

/** How much less a pause is worth at the edge of where it is looked for, than in the middle. */
const FAR_AWAY = 0.5;

/** How many times as long as wanted a part may become, before it is cut in speech. */
const LONGEST = 2;

/**
 * Plans the parts of a recording.
 *
 * @param speech What is spoken in it, in order.
 * @param duration Its seconds.
 * @param partSeconds Seconds of a part, about: they are made equally long, up to half of one longer or shorter.
 * @returns The parts, which cover all of it. A cut is in a pause, in the middle of a short one; only where nobody pauses for
 * long is it in speech.
 */
export function planParts(speech: readonly TimeSpan[], duration: number, partSeconds: number): PartWindow[] {
  const pauses = pausesBetween(speech, duration);
  const cuts = [0];
  for (;;) {
    const from = cuts[cuts.length - 1];
    const count = Math.round((duration - from) / partSeconds);
    if (count <= 1) break;
    const length = (duration - from) / count;
    cuts.push(toFrame(cutNear(pauses, from, length) ?? from + length));
  }
  const edges = [...cuts, duration];
  return cuts.map((start, index) => ({ index, count: cuts.length, start, end: edges[index + 1] }));
}

/** Cuts lie on frames of the spectrogram: times of a part are times of the recording and a whole number of frames. */
function toFrame(seconds: number): number {
  return Math.round(seconds * FRAMES_PER_SECOND) / FRAMES_PER_SECOND;
}

/** What lies between stretches of speech, before the first and after the last. */
function pausesBetween(speech: readonly TimeSpan[], duration: number): TimeSpan[] {
  const ends = [0, ...speech.map(({ end }) => end)], starts = [...speech.map(({ start }) => start), duration];
  return ends.map((start, i) => ({ start, end: starts[i] })).filter(({ start, end }) => start < end);
}

/** A place in the best pause around the end of a part, else of the first one after that, if it is not too far away. */
function cutNear(pauses: readonly TimeSpan[], from: number, length: number): number | undefined {
  const target = from + length, reach = length / 2;
  const places = pauses.map(({ start, end }) => {
    // Half of a long pause on either side is enough.
    const margin = Math.min(end - start, LONG_PAUSE) / 2;
    return { at: Math.max(start + margin, Math.min(target, end - margin)), length: end - start };
  });
  const near = places.filter(({ at }) => Math.abs(at - target) <= reach);
  const worth = (pause: { at: number; length: number }) =>
    Math.min(pause.length, LONG_PAUSE) * (1 - FAR_AWAY * Math.abs(pause.at - target) / reach);
  const best = near.reduce<typeof near[number] | undefined>(
    (best, pause) => best === undefined || worth(pause) > worth(best) ? pause : best,
    undefined,
  );
  return (best ?? places.find(({ at }) => at > target && at <= from + LONGEST * length))?.at;
}

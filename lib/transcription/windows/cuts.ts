/** Where a recording is cut into windows that are transcribed each for itself. */
import { FRAMES_PER_SECOND, type MelSpectrogram } from "../../audio/log_mel_spectrogram.ts";

/** How far before the end of a window it may be cut. Each second costs a thirtieth more windows. */
const SEARCHED = 3 * FRAMES_PER_SECOND;

/** How long it is quiet where a cut is made, at best. */
const QUIET = FRAMES_PER_SECOND / 5;

/**
 * Says where a window is cut off: where it is quietest in the last seconds, so that few words are cut in two.
 *
 * @param mel What follows the cut before, as much as a window holds.
 * @returns How many of its frames the window gets, one or more.
 */
export function cutInQuiet({ data, nMels, nFrames }: MelSpectrogram): number {
  const from = Math.max(0, nFrames - SEARCHED);
  const loudness = new Float32Array(nFrames - from);
  for (let band = 0; band < nMels; band++) {
    for (let i = 0; i < loudness.length; i++) loudness[i] += data[band * nFrames + from + i];
  }
  return from + quietestFrame(loudness, QUIET);
}

/** The middle of the `length` frames that are the quietest together, the last of equals. */
export function quietestFrame(loudness: Float32Array, length: number): number {
  const width = Math.min(length, loudness.length);
  let sum = 0, least = Infinity, best = loudness.length;
  for (const [i, value] of loudness.entries()) {
    sum += value - (i >= width ? loudness[i - width] : 0);
    if (i >= width - 1 && sum <= least) {
      least = sum;
      best = i + 1 - (width >> 1);
    }
  }
  return best;
}

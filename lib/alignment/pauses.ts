/** Where nobody speaks: frames that are hardly louder than the background around them. */
import { TimeSlice } from "../async/time_slice.ts";
import { FRAMES_PER_SECOND, type MelSpectrogram } from "../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../audio/mel/mel_source.ts";
import type { TimeSpan } from "../transcription/segments.ts";

/** Frames whose levels are compared: half a minute. */
const SURROUNDINGS = 3000;

/** Frames that are compared with the same surroundings. */
const BLOCK = 500;

/** The background is as loud as this part of the frames, and speech as that one: the rest are its loudest moments. */
const BACKGROUND_PART = 0.1;
const SPEECH_PART = 0.9;

/** No background counts as further below speech than this: 40 dB, as values of a spectrogram. */
const FURTHEST = 1;

/** With less between background and speech, 6 dB, no pause is told from it. */
const LEAST_CONTRAST = 0.15;

/** What is louder than this part of the way from the background to speech is sound. */
const SOUND = 0.2;

/** Frames of the shortest pause: the closure of a "p" or "k" takes less. */
const SHORTEST_PAUSE = 20;

/** Frames of the shortest sound that ends a pause: a click takes less. */
const SHORTEST_SOUND = 3;

/** Finds the pauses of a recording; what is kept of it is a number for 10 ms. */
export async function pausesOf(
  source: MelSource,
  windowFrames: number,
  signal?: AbortSignal,
): Promise<TimeSpan[]> {
  const levels = new Float32Array(source.length!);
  for (let start = 0; start < levels.length; start += windowFrames) {
    signal?.throwIfAborted();
    const size = Math.min(windowFrames, levels.length - start);
    levels.set(frameLevels(await source.frames(start, size)), start);
  }
  return await findPauses(levels, signal);
}

/** How loud each frame is: the mean over its bands, so that a hiss counts as much as a vowel. */
function frameLevels({ nMels, nFrames, data }: MelSpectrogram): Float32Array {
  const levels = new Float32Array(nFrames);
  for (let band = 0; band < nMels; band++) {
    for (let frame = 0; frame < nFrames; frame++) levels[frame] += data[band * nFrames + frame] / nMels;
  }
  return levels;
}

/**
 * Finds the pauses.
 *
 * @param levels The level of each frame.
 * @returns In seconds, in order.
 */
export async function findPauses(levels: Float32Array, signal?: AbortSignal): Promise<TimeSpan[]> {
  const slice = new TimeSlice(signal);
  const pauses: TimeSpan[] = [];
  let start = -1, sound = 0, threshold = 0;
  for (let frame = 0; frame <= levels.length; frame++) {
    if (frame % BLOCK === 0) {
      await slice.pause();
      threshold = thresholdAround(levels, frame);
    }
    const ends = frame === levels.length;
    if (!ends && levels[frame] < threshold) {
      if (start < 0) start = frame;
      sound = 0;
    } else if (start >= 0) {
      if (!ends) sound++;
      if (!ends && sound < SHORTEST_SOUND) continue;
      const end = ends ? frame : frame - sound + 1;
      if (end - start >= SHORTEST_PAUSE) {
        pauses.push({ start: start / FRAMES_PER_SECOND, end: end / FRAMES_PER_SECOND });
      }
      [start, sound] = [-1, 0];
    }
  }
  return pauses;
}

/** The level from which on the frames of a block are sound. */
function thresholdAround(levels: Float32Array, block: number): number {
  const first = block + (BLOCK - SURROUNDINGS) / 2;
  const sorted = levels.slice(Math.max(0, first), first + SURROUNDINGS).sort();
  const at = (part: number) => sorted[Math.floor(part * sorted.length)];
  const speech = at(SPEECH_PART), background = at(BACKGROUND_PART);
  if (!(speech - background >= LEAST_CONTRAST)) return -Infinity;
  const low = Math.max(background, speech - FURTHEST);
  return low + SOUND * (speech - low);
}

/**
 * Fragments that are missing in an MP4: each says when it begins, so that it tells what should be ahead of it. Those
 * behind damage are missing too, as they are not heard.
 */
import type { ReadAt } from "../input/audio_input.ts";
import { findFragmentedTrack, fragmentsOf } from "./mp4_fragments.ts";

/** Seconds that must lack between two fragments: a recorder's clock may be less even than its samples. */
const LEAST_GAP = 0.5;

/**
 * Gives the seconds that lack between the fragments of a track, and behind damage.
 *
 * @param track Counts the audio tracks from 0.
 */
export async function missingSeconds(read: ReadAt, size: number, track: number): Promise<number> {
  const found = await findFragmentedTrack(read, size, track);
  if (found === undefined) return 0;
  let missing = 0;
  let end: number | undefined;
  for await (const { start, duration, isBehindDamage } of fragmentsOf(read, size, found)) {
    if (isBehindDamage) missing += duration / found.scale;
    if (start === undefined) continue;
    const gap = (start - (end ?? start)) / found.scale;
    if (gap >= LEAST_GAP) missing += gap;
    end = start + duration;
  }
  return missing;
}

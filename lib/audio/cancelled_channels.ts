/**
 * Stereo whose channels cancel: recorded with one of them wired the wrong way round, its mono mix is next to
 * silence.
 */
import { TimeSlice } from "../async/time_slice.ts";

/** A mix with a mean power above this, 40 dB below full scale, is heard as it is. */
const QUIET = 1e-4;
/** How much more power one channel must have than the mix of both. */
const RATIO = 100;

/** What is said when the first channel is heard alone. */
export function cancelledWarning(name: string): string {
  return `The two channels of ${name} cancel each other out: the first is heard alone`;
}

/**
 * Gives the mix, or the first channel alone if the mix has lost nearly all of it.
 *
 * Differs from whisper: there the mix is taken as it is, and nothing is heard.
 *
 * @param mix Mono samples.
 * @param decodeFirst Decodes the first channel; it is called for quiet mixes only.
 * @param onCancelled Called when the first channel is taken.
 */
export async function hearOneOfCancelled(
  mix: Float32Array<ArrayBuffer>,
  decodeFirst: () => Promise<Float32Array<ArrayBuffer>>,
  options: { readonly signal?: AbortSignal; readonly onCancelled: () => void },
): Promise<Float32Array<ArrayBuffer>> {
  const power = await meanPower(mix, QUIET, options.signal);
  if (power > QUIET) return mix;
  const first = await decodeFirst();
  if (await meanPower(first, Infinity, options.signal) <= RATIO * power) return mix;
  options.onCancelled();
  return first;
}

/** The mean of the squares, or a value above `enough` as soon as it is certain to be. */
async function meanPower(samples: Float32Array, enough: number, signal?: AbortSignal): Promise<number> {
  const slice = new TimeSlice(signal);
  let sum = 0;
  for (let start = 0; start < samples.length; start += 262144) {
    const end = Math.min(start + 262144, samples.length);
    for (let i = start; i < end; i++) sum += samples[i] * samples[i];
    if (sum > enough * samples.length) break;
    await slice.pause();
  }
  return sum / samples.length;
}

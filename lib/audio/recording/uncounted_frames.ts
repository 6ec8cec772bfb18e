/**
 * Sound behind what the header of a WAV file counts: a program that counts as it goes was stopped, or more than 4 GiB
 * were counted in 32 bits.
 */
import type { AudioInput } from "../input/audio_input.ts";
import type { StoredSamples } from "../pcm/stored_samples.ts";

/** Seconds that must follow to be taken for sound: less are remarks of other programs. */
const LEAST_SECONDS = 1;

/** Gives the header with the frames that follow those it counts, if what is there cannot be chunks of the file. */
export async function withUncountedFrames(input: AudioInput, header: StoredSamples): Promise<StoredSamples> {
  const { dataOffset, frameCount, frameSize, sampleRate } = header;
  const end = dataOffset + frameCount * frameSize;
  const uncounted = Math.floor((input.size - end) / frameSize);
  if (uncounted < LEAST_SECONDS * sampleRate) return header;
  // Chunks of an odd size may have a byte after them, and the last frame may be cut off.
  const next = await input.read(end, frameSize + 5);
  for (let at = 0; at <= frameSize; at++) {
    const name = next.subarray(at, at + 4);
    if (name.every((byte) => byte === 0) || name.every((byte) => byte >= 0x20 && byte < 0x7f)) return header;
  }
  return { ...header, frameCount: frameCount + uncounted, uncountedFrames: uncounted };
}

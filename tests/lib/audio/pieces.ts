/** Recordings of noise, given in pieces of all sizes. */
import type { Recording } from "../../../lib/audio/recording/recording.ts";
import { samplesRecording } from "../../../lib/audio/recording/samples_recording.ts";
import { seededRandom } from "../../../lib/decoding/random.ts";

/** Noise that swells and fades, with a loud knock somewhere. */
export function noise(length: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const knock = Math.floor(random() * length);
  return Float32Array.from({ length }, (_, i) => {
    const loudness = 10 ** (-1 - 3 * Math.abs(Math.sin(i / 30000))) * (Math.abs(i - knock) < 300 ? 8 : 1);
    return Math.max(-1, Math.min(1, (random() - 0.5) * loudness));
  });
}

/** Gives samples in pieces of all sizes, and counts the passes. */
export function inPieces(samples: Float32Array, seed = 1): Recording & { passes: number; disposed: boolean } {
  const recording = {
    ...samplesRecording(samples),
    passes: 0,
    disposed: false,
    async *pieces() {
      recording.passes++;
      const random = seededRandom(seed);
      for (let start = 0; start < samples.length;) {
        const length = Math.floor(random() ** 3 * 9000);
        yield samples.slice(start, start + length);
        start += length;
      }
    },
    [Symbol.asyncDispose]() {
      recording.disposed = true;
      return Promise.resolve();
    },
  };
  return recording;
}

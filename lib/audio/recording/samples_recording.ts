/** A recording that is in memory: samples at 16 kHz. */
import type { Hearing, Recording } from "./recording.ts";

/** Samples given at once: half a second. */
const PIECE = 8000;

/** Makes a recording of one channel of samples between -1 and 1; they must not change meanwhile. */
export function samplesRecording(samples: Float32Array): Recording {
  return {
    name: "the audio samples",
    channels: 1,
    countChannels: () => Promise.resolve(1),
    async *pieces(hearing: Hearing) {
      for (let start = 0; start < samples.length; start += PIECE) {
        const piece = samples.subarray(start, start + PIECE);
        yield hearing === "mix" || hearing === 0 ? piece : new Float32Array(piece.length);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

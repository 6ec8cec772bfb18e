/** The beginning of a recording, for what is told by its first window. */
import type { Recording } from "./recording.ts";

/** Makes a recording that ends after `length` samples; what comes after them is not decoded. */
export function beginningOf(recording: Recording, length: number): Recording {
  return {
    name: recording.name,
    channels: recording.channels,
    countChannels: (signal) => recording.countChannels(signal),
    async *pieces(hearing, options) {
      let left = length;
      for await (const piece of recording.pieces(hearing, options)) {
        yield piece.subarray(0, left);
        left -= piece.length;
        if (left <= 0) return;
      }
    },
    [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
  };
}

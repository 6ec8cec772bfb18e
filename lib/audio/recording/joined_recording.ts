/** Stretches of a recording laid end to end, as a recording of its own. */
import { becameShorter, type Hearing, type PieceOptions, type Recording } from "./recording.ts";

/** From one sample to another: what is there is no longer in it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Joins stretches. What lies after the last is not decoded, and damage was told before.
 *
 * @param recording Not disposed with the one that is made.
 * @param hearing What of its channels is heard.
 * @param stretches In order, none overlapping another.
 */
export function joinedRecording(
  recording: Recording,
  hearing: Hearing,
  stretches: readonly Stretch[],
): Recording {
  return {
    name: recording.name,
    channels: 1,
    countChannels: () => Promise.resolve(1),
    pieces: (_, options) => joinedPieces(recording, hearing, stretches, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function* joinedPieces(
  recording: Recording,
  hearing: Hearing,
  stretches: readonly Stretch[],
  { signal }: PieceOptions = {},
): AsyncGenerator<Float32Array> {
  if (stretches.length === 0) return;
  let next = 0, at = 0;
  for await (const piece of recording.pieces(hearing, { signal })) {
    for (; next < stretches.length && stretches[next].start < at + piece.length; next++) {
      const { start, end } = stretches[next];
      yield piece.subarray(Math.max(0, start - at), end - at);
      if (end > at + piece.length) break;
    }
    if (next === stretches.length) return;
    at += piece.length;
  }
  if (at >= stretches[stretches.length - 1].end) return;
  throw becameShorter(recording);
}

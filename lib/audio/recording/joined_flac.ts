/**
 * FLAC files that were put behind one another: a decoder takes the second's header for damage in the first, so each gets
 * a decoder of its own. After RFC 9639, section 8.
 */
import { Buffer } from "node:buffer";
import { AudioDecodeError } from "../../errors.ts";
import type { AudioInput } from "../input/audio_input.ts";
import type { Recording } from "./recording.ts";

const MAGIC = "fLaC";
/** The block behind it: its type, a bit that says whether it is the last, and its length, always 34. */
const INFO_HEADS: readonly number[] = [0x00000022, 0x80000022];
const HEAD_SIZE = 8;

/** Bytes searched at once. */
const PIECE = 1 << 20;
/** Each has a decoder made for it. */
const MAX_FILES = 1000;

/** Finds where each of the FLAC files in an input begins; the first begins at 0. */
export async function findFlacFiles(input: AudioInput, signal?: AbortSignal): Promise<number[]> {
  const starts = [0];
  const memory = new Uint8Array(Math.min(input.size, PIECE + HEAD_SIZE - 1));
  for (let offset = HEAD_SIZE; offset < input.size; offset += PIECE) {
    signal?.throwIfAborted();
    const bytes = await input.read(offset, Math.min(memory.length, input.size - offset), memory);
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = piece.indexOf(MAGIC); at >= 0; at = piece.indexOf(MAGIC, at + 1)) {
      if (at + HEAD_SIZE > piece.length || !INFO_HEADS.includes(piece.readUInt32BE(at + 4))) continue;
      if (starts.push(offset + at) === MAX_FILES) return starts;
    }
  }
  return starts;
}

/**
 * Makes a recording of one and of those behind it. Of these, what cannot be decoded is left out with a warning.
 *
 * @param first Disposed with the recording that is made.
 * @param later Open the others, each time they are heard.
 */
export function withLaterFiles(first: Recording, later: readonly (() => Promise<Recording>)[]): Recording {
  return {
    name: first.name,
    get channels() {
      return first.channels;
    },
    countChannels: (signal) => first.countChannels(signal),
    async *pieces(hearing, options) {
      yield* first.pieces(hearing, options);
      for (const open of later) {
        try {
          await using recording = await open();
          yield* recording.pieces(hearing, options);
        } catch (error) {
          if (!(error instanceof AudioDecodeError)) throw error;
          options?.onWarning?.(`A file that was put behind another is left out: ${error.message}`);
        }
      }
    },
    [Symbol.asyncDispose]: () => first[Symbol.asyncDispose](),
  };
}

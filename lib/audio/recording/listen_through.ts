/** Goes through a recording from beginning to end, with somebody who listens. */
import { AudioDecodeError } from "../../errors.ts";
import { MAX_SECONDS, tooLong } from "../limits.ts";
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";
import type { Hearing, PieceOptions, Recording } from "./recording.ts";

/** Takes the samples of a pass. */
export interface Listener {
  /**
   * Called with the next samples: mono, 16 kHz. It keeps none of that memory, and the pass waits for what it
   * promises.
   */
  push(samples: Float32Array): void | Promise<void>;
}

/** What a pass may be told. */
export interface PassOptions extends PieceOptions {
  /**
   * Whether a recording without samples is one too.
   *
   * @default {false}
   */
  readonly mayBeEmpty?: boolean;
}

/**
 * Has a recording heard.
 *
 * @returns The mean power of what was heard.
 * @throws {AudioDecodeError} when it cannot be decoded, is too long, or holds nothing.
 */
export async function listenThrough(
  recording: Recording,
  hearing: Hearing,
  listener: Listener,
  options: PassOptions = {},
): Promise<number> {
  let length = 0, sum = 0;
  for await (const piece of recording.pieces(hearing, options)) {
    length += piece.length;
    if (length > MAX_SECONDS * SAMPLE_RATE) throw tooLong(recording.name);
    for (let i = 0; i < piece.length; i++) sum += piece[i] * piece[i];
    const wait = listener.push(piece);
    if (wait !== undefined) await wait;
  }
  if (length > 0 || options.mayBeEmpty) return sum / Math.max(1, length);
  throw new AudioDecodeError(`Cannot decode ${recording.name}: it holds no samples`);
}

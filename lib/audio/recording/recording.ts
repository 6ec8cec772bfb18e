/** A recording as its decoders give it: samples piece by piece, from the beginning, as often as is wanted. */
import { AudioDecodeError } from "../../errors.ts";

/** What of a recording's channels is heard: all of them mixed, or one, the first being 0. */
export type Hearing = "mix" | number;

/** How a recording is gone through. */
export interface PieceOptions {
  /** Stops reading and decoding. */
  readonly signal?: AbortSignal;
  /** Told of damage that leaves something to hear. */
  readonly onWarning?: (message: string) => void;
}

/** An open recording. Whoever opened it disposes it. */
export interface Recording extends AsyncDisposable {
  /** How messages call it. */
  readonly name: string;
  /** Its channels, if that is known without looking. */
  readonly channels?: number;
  /** Tells how many channels it has. */
  countChannels(signal?: AbortSignal): Promise<number>;
  /**
   * Gives the samples from the beginning: mono, 16 kHz, between -1 and 1, a second or less at a time, each piece in
   * memory that the next may overwrite. A channel that there is not is silent.
   */
  pieces(hearing: Hearing, options?: PieceOptions): AsyncGenerator<Float32Array>;
}

/**
 * Checks that a recording has a channel.
 *
 * @throws {AudioDecodeError} when it has not; the message tells how many there are.
 */
export async function checkChannel(
  recording: Recording,
  hearing: Hearing,
  signal?: AbortSignal,
): Promise<void> {
  if (hearing === "mix") return;
  const count = await recording.countChannels(signal);
  if (hearing < count) return;
  throw new AudioDecodeError(
    `Cannot hear channel ${hearing} of ${recording.name}: it has ${count} ` +
      `${count === 1 ? "channel" : "channels"}, counted from 0`,
  );
}

/** What is thrown where a later pass gives less than the first. */
export function becameShorter({ name }: Recording): AudioDecodeError {
  return new AudioDecodeError(`Cannot decode ${name}: it has become shorter while it was transcribed`);
}

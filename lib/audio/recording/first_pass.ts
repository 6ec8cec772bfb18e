/**
 * The first pass over a recording, in which it turns out what of it is heard. Stereo whose channels cancel, recorded
 * with one of them wired the wrong way round, has a mono mix that is next to silence.
 */
import { AudioDecodeError } from "../../errors.ts";
import { MAX_SECONDS, tooLong } from "../limits.ts";
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";
import { checkChannel, type Hearing, type PieceOptions, type Recording } from "./recording.ts";

/** Takes the samples of a pass. */
export interface Listener {
  /** Called with the next samples: mono, 16 kHz. It keeps none of that memory. */
  push(samples: Float32Array): void;
}

/** What a first pass may be told. */
export interface FirstPassOptions extends PieceOptions {
  /**
   * Whether a recording without samples is one too.
   *
   * @default {false}
   */
  readonly mayBeEmpty?: boolean;
}

/** What a first pass gives. */
export interface FirstPass<Heard> {
  /** What is heard from now on. */
  readonly hearing: Hearing;
  /** Who heard it. */
  readonly listener: Heard;
}

/** A mix with a mean power above this, 40 dB below full scale, is heard as it is. */
const QUIET = 1e-4;
/** How much more power one channel must have than the mix of both. */
const RATIO = 100;

/**
 * Goes through a recording.
 *
 * Differs from whisper: of two channels whose mix has lost nearly all of them the first is heard; there the mix is
 * taken as it is, and nothing is heard.
 *
 * @param makeListener Called again where the first channel is listened to instead of the mix.
 * @throws {AudioDecodeError} when the audio cannot be decoded, there is none, or it has no such channel.
 */
export async function firstPass<Heard extends Listener>(
  recording: Recording,
  hearing: Hearing,
  makeListener: () => Heard,
  options: FirstPassOptions = {},
): Promise<FirstPass<Heard>> {
  const { signal, onWarning } = options;
  await checkChannel(recording, hearing, signal);
  const mix = makeListener();
  const power = await listen(recording, hearing, mix, options);
  // What a recording of one channel lacks is not asked for: its mix is that channel.
  if (hearing !== "mix" || power > QUIET || (recording.channels ?? 2) !== 2) {
    return { hearing, listener: mix };
  }
  const first = makeListener();
  if (await listen(recording, 0, first, { signal }) <= RATIO * power) return { hearing, listener: mix };
  onWarning?.(`The two channels of ${recording.name} cancel each other out: the first is heard alone`);
  return { hearing: 0, listener: first };
}

/** Has a recording heard, and gives its mean power. */
async function listen(
  recording: Recording,
  hearing: Hearing,
  listener: Listener,
  options: FirstPassOptions,
): Promise<number> {
  let length = 0, sum = 0;
  for await (const piece of recording.pieces(hearing, options)) {
    length += piece.length;
    if (length > MAX_SECONDS * SAMPLE_RATE) throw tooLong(recording.name);
    for (let i = 0; i < piece.length; i++) sum += piece[i] * piece[i];
    listener.push(piece);
  }
  if (length > 0 || options.mayBeEmpty) return sum / Math.max(1, length);
  throw new AudioDecodeError(`Cannot decode ${recording.name}: it holds no samples`);
}

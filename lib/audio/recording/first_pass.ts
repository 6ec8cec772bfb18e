/** The first pass over a recording, in which it turns out what of it is heard: its mix mostly. */
import { doesCancel, mayCancel } from "./cancelled_stereo.ts";
import { type Listener, listenThrough, type PassOptions } from "./listen_through.ts";
import { checkChannel, type Hearing, type Recording } from "./recording.ts";

/** What a first pass gives. */
export interface FirstPass<Heard> {
  /** What is heard from now on. */
  readonly hearing: Hearing;
  /** Who heard it. */
  readonly listener: Heard;
}

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
  makeListener: () => Heard | Promise<Heard>,
  options: PassOptions = {},
): Promise<FirstPass<Heard>> {
  const { signal, onWarning } = options;
  await checkChannel(recording, hearing, signal);
  const mix = await makeListener();
  const power = await listenThrough(recording, hearing, mix, options);
  if (!mayCancel(recording, hearing, power)) return { hearing, listener: mix };
  const first = await makeListener();
  const channelPower = await listenThrough(recording, 0, first, { signal, mayBeEmpty: options.mayBeEmpty });
  if (!doesCancel(power, channelPower)) return { hearing, listener: mix };
  onWarning?.(`The two channels of ${recording.name} cancel each other out: the first is heard alone`);
  return { hearing: 0, listener: first };
}

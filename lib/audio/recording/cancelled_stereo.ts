/**
 * Stereo whose channels cancel each other out, recorded with one of them wired the wrong way round: its mono mix is
 * next to silence.
 */
import type { Hearing, Recording } from "./recording.ts";

/** A mix with a mean power above this, 40 dB below full scale, is heard as it is. */
const QUIET = 1e-4;
/** How much more power one channel must have than the mix of both. */
const RATIO = 100;

/** Whether a recording is to be looked at for that, by the mean power of what was heard of it. */
export function mayCancel(
  { channels }: Pick<Recording, "channels">,
  hearing: Hearing,
  power: number,
): boolean {
  // What a recording of one channel lacks is not asked for: its mix is that channel.
  return hearing === "mix" && power <= QUIET && (channels ?? 2) === 2;
}

/** Whether the channels cancel, by the mean power of the mix and of one of them. */
export function doesCancel(mixPower: number, channelPower: number): boolean {
  return channelPower > RATIO * mixPower;
}

/**
 * How much each channel counts in the mono mix: what `ffmpeg -ac 1`, and so openai/whisper, takes of it.
 * The front speakers count 1/√2 each, the centre 1, surround speakers 1/2 and the low frequencies nothing.
 */

/** Weights by bit of the channel mask: FL FR FC LFE, BL BR FLC FRC, BC SL SR. */
const SPEAKER_WEIGHTS = [
  Math.SQRT1_2,
  Math.SQRT1_2,
  1,
  0,
  0.5,
  0.5,
  Math.SQRT1_2,
  Math.SQRT1_2,
  0.5,
  0.5,
  0.5,
];

/** The speakers of files that do not name them, by channel count: mono, stereo, 2.1, 4.0, 5.0, 5.1, 6.1, 7.1. */
const DEFAULT_MASKS: readonly (number | undefined)[] = [
  undefined,
  0x4,
  0x3,
  0xb,
  0x107,
  0x37,
  0x3f,
  0x70f,
  0x63f,
];

/** Gives the weight of each channel where all are mixed, or one is heard; a channel that there is not is silent. */
export function channelWeights(
  hearing: "mix" | number,
  channels: number,
  channelMask: number,
): Float64Array {
  if (hearing === "mix") return downmixWeights(channels, channelMask);
  return Float64Array.from({ length: channels }, (_, channel) => channel === hearing ? 1 : 0);
}

/**
 * Gives the weight of each channel, adding up to 1. Channels of which nothing is known count the same.
 *
 * @param channelMask The speakers, as in `WAVE_FORMAT_EXTENSIBLE`; 0 if not named. A mask that names another
 * number of speakers than there are channels is passed over.
 */
export function downmixWeights(channels: number, channelMask: number): Float64Array {
  const weights = speakerWeights(channelMask, channels) ??
    speakerWeights(DEFAULT_MASKS[channels] ?? 0, channels) ??
    new Float64Array(channels).fill(1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // A lone low-frequency channel is all there is.
  return sum === 0 ? weights.fill(1 / channels) : weights.map((weight) => weight / sum);
}

function speakerWeights(mask: number, channels: number): Float64Array | undefined {
  if (mask >>> SPEAKER_WEIGHTS.length !== 0) return undefined;
  const weights = SPEAKER_WEIGHTS.filter((_, speaker) => mask >>> speaker & 1);
  return weights.length === channels ? Float64Array.from(weights) : undefined;
}

// @ts-check
/** A recording as this browser hears it. */
import { encodeWav } from "./wav.js";

/** Samples a second: enough for speech, and for a picture of it. */
const RATE = 16_000;

/** Bytes beyond which a recording is not decoded here: an hour of it takes 230 MB a channel. */
const LARGEST = 96 << 20;

/**
 * @typedef {object} Sound
 * @property {Float32Array} samples One channel, from -1 to 1.
 * @property {number} duration Seconds.
 */

/**
 * Decodes a recording, if this browser can and it is not too large.
 *
 * @param {Blob} file
 * @returns {Promise<Sound | undefined>}
 */
export async function decodeSound(file) {
  if (file.size > LARGEST) return undefined;
  try {
    const context = new OfflineAudioContext(1, 1, RATE);
    const buffer = await context.decodeAudioData(await file.arrayBuffer());
    return { samples: mixed(buffer), duration: buffer.duration };
  } catch {
    // The server reads more than browsers do.
    return undefined;
  }
}

/** @param {AudioBuffer} buffer */
function mixed(buffer) {
  const samples = buffer.getChannelData(0);
  for (let channel = 1; channel < buffer.numberOfChannels; channel++) {
    const other = buffer.getChannelData(channel);
    for (let i = 0; i < samples.length; i++) samples[i] += other[i];
  }
  return buffer.numberOfChannels === 1 ? samples : samples.map((sample) => sample / buffer.numberOfChannels);
}

/**
 * Gives what can be played and wound: what was recorded here has no length and no index.
 *
 * @param {File} file
 * @param {Sound | undefined} sound
 * @param {boolean} isRecorded Whether it was recorded here.
 * @returns {Blob}
 */
export function playable(file, sound, isRecorded) {
  if (!isRecorded || sound === undefined) return file;
  return new Blob([encodeWav(sound.samples, RATE)], { type: "audio/wav" });
}

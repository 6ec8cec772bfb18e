// @ts-check
/** A recording as this browser hears it. */
import { encodeWav } from "./wav.js";

/** Samples a second: enough for a picture, and for what is played. */
const PICTURE_RATE = 8000;
const SPEECH_RATE = 16_000;

/** Bytes beyond which a recording is not decoded here: an hour of it takes some 250 MB. */
const LARGEST = 64 << 20;

/**
 * @typedef {object} Sound
 * @property {Float32Array} samples One channel, from -1 to 1.
 * @property {number} rate Samples a second.
 * @property {number} duration Seconds.
 */

/**
 * Decodes a recording, if this browser can and it is not too large.
 *
 * @param {Blob} file
 * @param {boolean} isRecorded Whether it was recorded here.
 * @returns {Promise<Sound | undefined>}
 */
export async function decodeSound(file, isRecorded) {
  if (file.size > LARGEST) return undefined;
  const rate = isRecorded ? SPEECH_RATE : PICTURE_RATE;
  try {
    const context = new OfflineAudioContext(1, 1, rate);
    const buffer = await context.decodeAudioData(await file.arrayBuffer());
    return { samples: mixed(buffer), rate, duration: buffer.duration };
  } catch {
    // The server reads more than browsers do.
    return undefined;
  }
}

/** @param {AudioBuffer} buffer */
function mixed(buffer) {
  const count = buffer.numberOfChannels;
  const samples = buffer.getChannelData(0);
  if (count === 1) return samples;
  const others = Array.from({ length: count - 1 }, (_, i) => buffer.getChannelData(i + 1));
  for (let i = 0; i < samples.length; i++) {
    let sum = samples[i];
    for (const other of others) sum += other[i];
    samples[i] = sum / count;
  }
  return samples;
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
  return new Blob([encodeWav(sound.samples, sound.rate)], { type: "audio/wav" });
}

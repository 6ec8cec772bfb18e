// @ts-check
/** A WAV file: what a recorder of a browser writes cannot be wound, and does not say how long it is. */

/** Bytes of the header. */
const HEADER = 44;

/**
 * Writes 16-bit PCM of one channel.
 *
 * @param {Float32Array} samples From -1 to 1.
 * @param {number} rate Samples a second.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeWav(samples, rate) {
  const bytes = new Uint8Array(HEADER + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  /** @type {(at: number, text: string) => void} */
  const name = (at, text) => bytes.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(HEADER + 2 * i, Math.round(32_767 * Math.max(-1, Math.min(1, samples[i]))), true);
  }
  return bytes;
}

// @ts-check
/** How loud a recording is, for its picture. */

/** What is softer than this is drawn as soft as it is, not made to fill the picture. */
const SOFTEST = 0.05;

/**
 * Measures the loudest sample of each of so many equal parts.
 *
 * @param {Float32Array} samples From -1 to 1; or the peaks of more parts.
 * @param {number} count
 * @returns {Float32Array} From 0 to 1.
 */
export function peaksOf(samples, count) {
  const peaks = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(i * samples.length / count);
    const to = Math.max(from + 1, Math.floor((i + 1) * samples.length / count));
    for (let j = from; j < to && j < samples.length; j++) peaks[i] = Math.max(peaks[i], Math.abs(samples[j]));
  }
  return peaks;
}

/**
 * Makes the loudest peak fill the picture.
 *
 * @param {Float32Array} peaks
 * @returns {Float32Array} From 0 to 1.
 */
export function heightsOf(peaks) {
  const loudest = peaks.reduce((one, other) => Math.max(one, other), SOFTEST);
  return peaks.map((peak) => peak / loudest);
}

// @ts-check
/** How loud a recording is, for its picture. */

/** What is softer than this is drawn as soft as it is, not made to fill the picture. */
const SOFTEST = 0.05;

/**
 * Measures the loudest sample of each of so many equal parts.
 *
 * @param {Float32Array} samples From -1 to 1.
 * @param {number} count
 * @returns {Float32Array} From 0 to 1, the loudest of all being 1.
 */
export function peaksOf(samples, count) {
  const peaks = new Float32Array(count);
  let loudest = SOFTEST;
  for (let i = 0; i < count; i++) {
    const from = Math.floor(i * samples.length / count);
    const to = Math.max(from + 1, Math.floor((i + 1) * samples.length / count));
    let peak = 0;
    for (let j = from; j < to && j < samples.length; j++) peak = Math.max(peak, Math.abs(samples[j]));
    peaks[i] = peak;
    loudest = Math.max(loudest, peak);
  }
  return peaks.map((peak) => peak / loudest);
}

/**
 * The mel filterbank of openai/whisper's `mel_filters.npz`: triangles equally spaced on Slaney's mel scale
 * between 0 and 8000 Hz, each of unit area, as `librosa.filters.mel(sr=16000, n_fft=400)` makes them.
 */

/** One band: a triangle over a short run of frequency bins. */
export interface MelFilter {
  /** The first bin with a weight. */
  readonly start: number;
  /** The weights from that bin on, of float32 precision. */
  readonly weights: Float64Array;
}

/** Slaney's scale is linear below this frequency (15 mels there) and logarithmic above. */
const BREAK_HZ = 1000;
const BREAK_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

/**
 * Computes the filterbank.
 *
 * @param nMels How many bands: 80 or 128 in the official models.
 * @param bins How many frequency bins, from 0 Hz to `maxHz`.
 * @param maxHz The frequency of the last bin: half the sample rate.
 */
export function melFilters(nMels: number, bins: number, maxHz: number): MelFilter[] {
  const top = hzToMel(maxHz);
  const edges = Array.from({ length: nMels + 2 }, (_, i) => melToHz(top * i / (nMels + 1)));
  return Array.from(
    { length: nMels },
    (_, band) => triangle(edges[band], edges[band + 1], edges[band + 2], bins, maxHz / (bins - 1)),
  );
}

function triangle(low: number, peak: number, high: number, bins: number, hzPerBin: number): MelFilter {
  const start = Math.min(bins, Math.floor(low / hzPerBin) + 1);
  const end = Math.min(bins, Math.ceil(high / hzPerBin));
  const weights = new Float64Array(Math.max(0, end - start));
  for (let i = 0; i < weights.length; i++) {
    const hz = (start + i) * hzPerBin;
    const height = Math.max(0, Math.min((hz - low) / (peak - low), (high - hz) / (high - peak)));
    // librosa rounds twice: the triangle is float32 before it is scaled.
    weights[i] = Math.fround(Math.fround(height) * 2 / (high - low));
  }
  return { start, weights };
}

function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? BREAK_MEL * hz / BREAK_HZ : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

function melToHz(mel: number): number {
  return mel < BREAK_MEL ? BREAK_HZ * mel / BREAK_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

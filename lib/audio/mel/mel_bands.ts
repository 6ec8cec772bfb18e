/** From power spectra to the values of a log-mel spectrogram. */
import { type MelFilter, melFilters } from "./mel_filters.ts";
import { N_BINS } from "./power_spectrum.ts";

/** The logarithm of the smallest energy told apart from silence. */
export const LOG_FLOOR = -10;
/** How far below the loudest value of the recording the quietest is put, in powers of ten. */
const DYNAMIC_RANGE = 8;

/** The filterbank for spectra of sound at 16 kHz. */
export function filtersFor(nMels: number): MelFilter[] {
  return melFilters(nMels, N_BINS, 8000);
}

/** The logarithm of an energy, as a spectrogram holds it. */
export function logarithmOf(energy: number): number {
  return Math.fround(Math.log10(Math.max(energy, 1e-10)));
}

/** The energy of one band in the frame whose spectrum begins at `spectrum`. */
export function bandEnergy({ start, weights }: MelFilter, powers: Float64Array, spectrum: number): number {
  let energy = 0;
  for (let i = 0, bin = spectrum + start; i < weights.length; i++, bin++) energy += weights[i] * powers[bin];
  return energy;
}

/**
 * Writes the logarithm of one band's energy in each frame, and returns the largest.
 *
 * By places and not by a view of them: a view a band and step would be a quarter of what a transcription leaves as
 * garbage.
 *
 * @param powers Spectra, one after the other; that of the first frame is number `skip`.
 * @param logs Written from `from` to `to`.
 */
export function logEnergies(
  filter: MelFilter,
  powers: Float64Array,
  skip: number,
  logs: Float32Array,
  from: number,
  to: number,
): number {
  const { start, weights } = filter;
  let loudest = LOG_FLOOR;
  for (let at = from, spectrum = skip * N_BINS; at < to; at++, spectrum += N_BINS) {
    // As `bandEnergy` and `logarithmOf` do: V8 15.0 optimises calls of them here and takes that back, over and over.
    let energy = 0;
    for (let i = 0, bin = spectrum + start; i < weights.length; i++, bin++) {
      energy += weights[i] * powers[bin];
    }
    logs[at] = Math.log10(Math.max(energy, 1e-10));
    if (logs[at] > loudest) loudest = logs[at];
  }
  return loudest;
}

/** Brings logarithms to the values that the model knows, the loudest logarithm of the recording being given. */
export function compress(logs: Float32Array, loudest: number, from: number, to: number): void {
  const floor = loudest - DYNAMIC_RANGE;
  for (let i = from; i < to; i++) logs[i] = (Math.max(logs[i], floor) + 4) / 4;
}

/** The value of silence. */
export function silenceValue(loudest: number): number {
  return (Math.max(LOG_FLOOR, loudest - DYNAMIC_RANGE) + 4) / 4;
}

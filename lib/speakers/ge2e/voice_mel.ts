/** The mel spectrogram of the voice encoder: powers of 40 bands, no logarithm. After `audio.py` of `resemblyzer`. */
import { TimeSlice } from "../../async/time_slice.ts";
import { bandEnergy, filtersFor } from "../../audio/mel/mel_bands.ts";
import { FRAMES_PER_STEP, HOP_LENGTH, N_BINS, N_FFT, PowerSpectrum } from "../../audio/mel/power_spectrum.ts";
import { VOICE_BANDS } from "./voice_graph.ts";

/** A spectrogram: `(frames, 40)`, row-major, 10 ms a frame. */
export interface VoiceMel {
  readonly frames: number;
  readonly data: Float32Array<ArrayBuffer>;
}

/** Fewer samples are too few to be mirrored at the ends. */
export const LEAST_SAMPLES: number = N_FFT / 2 + 1;

/** What the voice of a training example was raised to at least: -30 dB of full scale, as a mean of squares. */
const LEAST_POWER = 10 ** (-30 / 10);

/**
 * Computes the spectrogram of a stretch of speech, whose volume is raised if it is low, as in the model's training.
 *
 * @param samples Mono audio at 16 kHz, at least {@linkcode LEAST_SAMPLES}.
 */
export async function voiceMel(samples: Float32Array, signal?: AbortSignal): Promise<VoiceMel> {
  const slice = new TimeSlice(signal);
  const filters = filtersFor(VOICE_BANDS);
  const spectrum = new PowerSpectrum(FRAMES_PER_STEP);
  const span = { samples, offset: 0, length: samples.length };
  const frames = Math.ceil((samples.length + 1) / HOP_LENGTH);
  const data = new Float32Array(frames * VOICE_BANDS);
  const gain = gainFor(samples);
  for (let first = 0; first < frames; first += FRAMES_PER_STEP) {
    const count = Math.min(FRAMES_PER_STEP, frames - first);
    const powers = spectrum.compute(span, first, count);
    for (let frame = 0; frame < count; frame++) {
      const at = (first + frame) * VOICE_BANDS;
      filters.forEach((filter, band) => data[at + band] = gain * bandEnergy(filter, powers, frame * N_BINS));
    }
    await slice.pause();
  }
  return { frames, data };
}

/** How much the powers are raised. */
function gainFor(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  const power = sum / samples.length;
  return power > 0 ? Math.max(1, LEAST_POWER / power) : 1;
}

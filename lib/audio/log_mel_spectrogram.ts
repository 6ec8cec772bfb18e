/**
 * The log-mel spectrogram Whisper was trained on, after `log_mel_spectrogram` and `pad_or_trim` of
 * openai/whisper's `audio.py`.
 */
import { outOfRange, wrongArgument } from "../errors.ts";
import { checkOptions, COUNT, isNotNegative, type OptionRules, SIGNAL } from "../options/check_options.ts";
import { compress, filtersFor, LOG_FLOOR, logEnergies, silenceValue } from "./mel/mel_bands.ts";
import { FRAMES_PER_STEP, HOP_LENGTH, N_FFT, PowerSpectrum } from "./mel/power_spectrum.ts";
import { TimeSlice } from "../async/time_slice.ts";

export { HOP_LENGTH, N_FFT };

/** Samples a second. */
export const SAMPLE_RATE = 16000;
/** Frames a second. */
export const FRAMES_PER_SECOND = SAMPLE_RATE / HOP_LENGTH;

/** A spectrogram: `(nMels, nFrames)`, row-major, 10 ms a frame. */
export interface MelSpectrogram {
  /** Mel bands. */
  readonly nMels: number;
  /** Frames of 10 ms. */
  readonly nFrames: number;
  /** The values, `(nMels, nFrames)` row-major; the loudest of a recording are near 1.5. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** What {@linkcode logMelSpectrogram} must be told. */
export interface MelOptions {
  /** Mel bands: 80, or 128 from large-v3 on. */
  readonly nMels: number;
  /**
   * Zero samples added after the audio; `transcribe` adds a window, so that the last one is whole.
   *
   * @default {0}
   */
  readonly padding?: number;
}

const MEL_RULES: OptionRules<MelOptions & { readonly signal?: AbortSignal }> = {
  nMels: COUNT,
  padding: [
    "a whole number of samples from 0 up",
    (value) => Number.isSafeInteger(value) && isNotNegative(value),
  ],
  signal: SIGNAL,
};

/**
 * Computes the log-mel spectrogram of a recording of any length without blocking the event loop.
 *
 * @param samples Mono audio at 16 kHz, finite values; they must not change meanwhile.
 * @throws {TypeError | RangeError} when the samples are none, or an option is unknown or wrong; when audio and padding
 * together are 200 samples or less, too few to mirror at the ends.
 */
export async function logMelSpectrogram(
  samples: Float32Array,
  options: MelOptions & { readonly signal?: AbortSignal },
): Promise<MelSpectrogram> {
  const { nMels, padding, signal } = checkOptions("compute a spectrogram", options, MEL_RULES);
  if (!(samples instanceof Float32Array) || nMels === undefined) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot compute a spectrogram: wanted a Float32Array of mono samples at 16 kHz, and nMels, the number of bands",
    );
  }
  const slice = new TimeSlice(signal);
  const steps = computeSteps(samples, { nMels, padding });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await slice.pause();
  }
}

/**
 * Cuts the frames from `start` to `start + length` out of a spectrogram and adds zero frames, or drops
 * frames, to make `nFrames`.
 *
 * @param nFrames Frames of a window: `2 * model.dims.nAudioCtx`.
 * @returns `(nMels, nFrames)`, row-major.
 */
export function melWindow(
  mel: MelSpectrogram,
  start: number,
  length: number,
  nFrames: number,
): Float32Array<ArrayBuffer> {
  const window = new Float32Array(mel.nMels * nFrames);
  const end = Math.min(start + Math.min(length, nFrames), mel.nFrames);
  if (start >= end) return window;
  for (let band = 0; band < mel.nMels; band++) {
    const row = band * mel.nFrames;
    window.set(mel.data.subarray(row + start, row + end), band * nFrames);
  }
  return window;
}

function* computeSteps(
  samples: Float32Array,
  { nMels, padding = 0 }: MelOptions,
): Generator<undefined, MelSpectrogram, undefined> {
  const length = samples.length + padding;
  if (length <= N_FFT / 2) {
    throw outOfRange(
      "INVALID_INPUT",
      `Cannot compute a spectrogram: ${length} samples are too few, more than ${N_FFT / 2} are needed`,
    );
  }
  const filters = filtersFor(nMels);
  const spectrum = new PowerSpectrum(FRAMES_PER_STEP);
  const span = { samples, offset: 0, length };
  // Like openai/whisper, the frame centred on the very end is dropped.
  const nFrames = Math.floor(length / HOP_LENGTH);
  // Frames wholly in the padding are silence; less padding than a frame would mirror audio into them.
  const sounding = padding < N_FFT ? nFrames : Math.ceil((samples.length + N_FFT / 2) / HOP_LENGTH);
  const data = new Float32Array(nMels * nFrames);
  let loudest = LOG_FLOOR;
  for (let first = 0; first < sounding; first += FRAMES_PER_STEP) {
    const count = Math.min(FRAMES_PER_STEP, sounding - first);
    const powers = spectrum.compute(span, first, count);
    for (let band = 0; band < nMels; band++) {
      const at = band * nFrames + first;
      loudest = Math.max(loudest, logEnergies(filters[band], powers, 0, data, at, at + count));
    }
    yield;
  }
  for (let band = 0; band < nMels; band++) {
    const row = band * nFrames;
    for (let first = 0; first < sounding; first += 65536) {
      compress(data, loudest, row + first, row + Math.min(first + 65536, sounding));
      yield;
    }
    data.fill(silenceValue(loudest), row + sounding, row + nFrames);
  }
  return { nMels, nFrames, data };
}

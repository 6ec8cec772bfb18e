/**
 * The log-mel spectrogram Whisper was trained on, after `log_mel_spectrogram` and `pad_or_trim` of
 * openai/whisper's `audio.py`.
 */
import { outOfRange, wrongArgument } from "../errors.ts";
import { checkOptions, COUNT, isNotNegative, type OptionRules, SIGNAL } from "../options/check_options.ts";
import { Fft } from "./mel/fft.ts";
import { type MelFilter, melFilters } from "./mel/mel_filters.ts";
import { TimeSlice } from "../async/time_slice.ts";

/** Samples a second. */
export const SAMPLE_RATE = 16000;
/** Samples of one Fourier transform. */
export const N_FFT = 400;
/** Samples from one frame to the next. */
export const HOP_LENGTH = 160;
/** Frames a second. */
export const FRAMES_PER_SECOND = SAMPLE_RATE / HOP_LENGTH;

const N_BINS = N_FFT / 2 + 1;
/** The logarithm of the smallest energy told apart from silence. */
const LOG_FLOOR = -10;
/** How far below the loudest value of the recording the quietest is put, in powers of ten. */
const DYNAMIC_RANGE = 8;
/** Frames computed between two chances for the event loop; even, since frames are transformed in pairs. */
const FRAMES_PER_STEP = 32;

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
  const filters = melFilters(nMels, N_BINS, SAMPLE_RATE / 2);
  const spectrum = new PowerSpectrum(samples, samples.length + padding);
  // Like openai/whisper, the frame centred on the very end is dropped.
  const nFrames = Math.floor((samples.length + padding) / HOP_LENGTH);
  // Frames wholly in the padding are silence; less padding than a frame would mirror audio into them.
  const sounding = padding < N_FFT ? nFrames : Math.ceil((samples.length + N_FFT / 2) / HOP_LENGTH);
  const data = new Float32Array(nMels * nFrames);
  let loudest = LOG_FLOOR;
  for (let first = 0; first < sounding; first += FRAMES_PER_STEP) {
    const count = Math.min(FRAMES_PER_STEP, sounding - first);
    const powers = spectrum.compute(first, count);
    for (let band = 0; band < nMels; band++) {
      const at = band * nFrames + first;
      loudest = Math.max(loudest, logEnergies(filters[band], powers, data.subarray(at, at + count)));
    }
    yield;
  }
  const floor = loudest - DYNAMIC_RANGE;
  for (let band = 0; band < nMels; band++) {
    const row = data.subarray(band * nFrames, (band + 1) * nFrames);
    for (let first = 0; first < sounding; first += 65536) {
      compress(row.subarray(first, Math.min(first + 65536, sounding)), floor);
      yield;
    }
    row.fill((Math.max(LOG_FLOOR, floor) + 4) / 4, sounding);
  }
  return { nMels, nFrames, data };
}

/** Writes the logarithm of one band's energy in each frame, and returns the largest. */
function logEnergies({ start, weights }: MelFilter, powers: Float64Array, logs: Float32Array): number {
  let loudest = LOG_FLOOR;
  for (let frame = 0; frame < logs.length; frame++) {
    let energy = 0;
    for (let i = 0, bin = frame * N_BINS + start; i < weights.length; i++, bin++) {
      energy += weights[i] * powers[bin];
    }
    logs[frame] = Math.log10(Math.max(energy, 1e-10));
    if (logs[frame] > loudest) loudest = logs[frame];
  }
  return loudest;
}

function compress(values: Float32Array, floor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (Math.max(values[i], floor) + 4) / 4;
}

/** The power spectra of frames of a recording, centred, mirrored at both ends, under a periodic Hann window. */
class PowerSpectrum {
  readonly #samples: Float32Array;
  readonly #length: number;
  readonly #window = Float64Array.from(
    { length: N_FFT },
    (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / N_FFT),
  );
  readonly #fft = new Fft(N_FFT);
  readonly #re = new Float64Array(N_FFT);
  readonly #im = new Float64Array(N_FFT);
  readonly #powers = new Float64Array(FRAMES_PER_STEP * N_BINS);

  /** `length` counts the zeros after the samples too. */
  constructor(samples: Float32Array, length: number) {
    if (length <= N_FFT / 2) {
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot compute a spectrogram: ${length} samples are too few, more than ${N_FFT / 2} are needed`,
      );
    }
    this.#samples = samples;
    this.#length = length;
  }

  /** Gives `count` frames of 201 powers each, in a buffer that the next call overwrites. */
  compute(first: number, count: number): Float64Array {
    const re = this.#re, im = this.#im, powers = this.#powers;
    for (let frame = 0; frame < count; frame += 2) {
      // One complex transform serves two frames: the spectrum of a real signal is symmetric.
      this.#load(first + frame, re);
      this.#load(first + frame + 1, im);
      this.#fft.transform(re, im);
      const a = frame * N_BINS, b = a + N_BINS;
      for (let k = 0; k < N_BINS; k++) {
        const mirror = k === 0 ? 0 : N_FFT - k;
        const aRe = re[k] + re[mirror], aIm = im[k] - im[mirror];
        const bRe = im[k] + im[mirror], bIm = re[mirror] - re[k];
        powers[a + k] = (aRe * aRe + aIm * aIm) / 4;
        powers[b + k] = (bRe * bRe + bIm * bIm) / 4;
      }
    }
    return powers;
  }

  #load(frame: number, into: Float64Array): void {
    const samples = this.#samples, window = this.#window;
    const start = frame * HOP_LENGTH - N_FFT / 2;
    if (start >= 0 && start + N_FFT <= samples.length) {
      for (let i = 0; i < N_FFT; i++) into[i] = samples[start + i] * window[i];
      return;
    }
    for (let i = 0; i < N_FFT; i++) {
      const fromEnd = this.#length - 1 - Math.abs(start + i);
      into[i] = (samples[this.#length - 1 - Math.abs(fromEnd)] ?? 0) * window[i];
    }
  }
}

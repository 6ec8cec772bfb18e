/** The power spectra of frames of a recording, centred, mirrored at both ends, under a periodic Hann window. */
import { Fft } from "./fft.ts";

/** Samples of one Fourier transform. */
export const N_FFT = 400;
/** Samples from one frame to the next. */
export const HOP_LENGTH = 160;
/** Frequencies of a spectrum. */
export const N_BINS = N_FFT / 2 + 1;

/** Frames computed between two chances for the event loop; even, since frames are transformed in pairs. */
export const FRAMES_PER_STEP = 32;

/** What of a recording is at hand. */
export interface SampleSpan {
  readonly samples: Float32Array;
  /** Where in the recording they begin, before it if they are mirrored there; after them there is silence. */
  readonly offset: number;
  /** How long the recording is, with the silence that is added to it: there it is mirrored. */
  readonly length: number;
}

/** The periodic Hann window. */
export const HANN: Float64Array = Float64Array.from(
  { length: N_FFT },
  (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / N_FFT),
);

/** Computes spectra, with scratch space for as many frames at once as it is made for. */
export class PowerSpectrum {
  readonly #fft = new Fft(N_FFT);
  readonly #re = new Float64Array(N_FFT);
  readonly #im = new Float64Array(N_FFT);
  readonly #powers: Float64Array;

  /** @param frames The most frames of one call, an even number. */
  constructor(frames: number) {
    this.#powers = new Float64Array(frames * N_BINS);
  }

  /**
   * Gives `count` frames of 201 powers each, in a buffer that the next call overwrites.
   *
   * @param first An even number: frames are transformed in pairs, and each has its partner in the last bits of its
   * powers.
   */
  compute(span: SampleSpan, first: number, count: number): Float64Array {
    const re = this.#re, im = this.#im, powers = this.#powers;
    for (let frame = 0; frame < count; frame += 2) {
      // One complex transform serves two frames: the spectrum of a real signal is symmetric.
      load(span, first + frame, re);
      load(span, first + frame + 1, im);
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
}

function load({ samples, offset, length }: SampleSpan, frame: number, into: Float64Array): void {
  const start = frame * HOP_LENGTH - N_FFT / 2;
  const at = start - offset;
  if (at >= 0 && at + N_FFT <= samples.length) {
    for (let i = 0; i < N_FFT; i++) into[i] = samples[at + i] * HANN[i];
    return;
  }
  for (let i = 0; i < N_FFT; i++) {
    const place = Math.abs(start + i);
    into[i] = (samples[(place < length ? place : 2 * (length - 1) - place) - offset] ?? 0) * HANN[i];
  }
}

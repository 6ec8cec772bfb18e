/**
 * The loudest value of a recording's log-mel spectrogram, without the spectrogram: what `logMelSpectrogram` finds, to
 * the last bit, in a fraction of its time. Most frames need no Fourier transform, since by Parseval's theorem a band
 * has no more energy than the frame's samples, under the window, allow.
 */
import { bandEnergy, filtersFor, LOG_FLOOR, logarithmOf } from "./mel_bands.ts";
import type { MelFilter } from "./mel_filters.ts";
import { HANN, HOP_LENGTH, N_BINS, N_FFT, PowerSpectrum } from "./power_spectrum.ts";

/** Samples of a block, whose energy is counted once for all frames it is in: a divisor of the hop and of half a frame. */
const BLOCK = 40;
const BLOCKS_PER_HOP = HOP_LENGTH / BLOCK;
const BLOCKS_PER_FRAME = N_FFT / BLOCK;
/** Pairs of frames whose samples are kept at once. */
const PAIRS = 64;
const PAIR_HOP = 2 * HOP_LENGTH;
const PAIR_LENGTH = HOP_LENGTH + N_FFT;
const CAPACITY = PAIRS * PAIR_HOP + PAIR_LENGTH;
/** For what the sums lose to rounding. */
const MARGIN = 1 + 1e-6;

/** By block of a frame, the most that the window leaves of its energy. */
const BLOCK_WEIGHTS = Float64Array.from(
  { length: BLOCKS_PER_FRAME },
  (_, block) => Math.max(...HANN.subarray(block * BLOCK, (block + 1) * BLOCK + 1)) ** 2,
);

/** Finds the loudest value of a recording, given piece by piece. */
export class LoudestValue {
  readonly #filters: readonly MelFilter[];
  readonly #spectrum = new PowerSpectrum(2);
  /** What a band's energy is at most for each unit of a frame's, under the window. */
  readonly #most: number;
  /** The samples from the beginning of the next pair of frames on. */
  readonly #samples = new Float32Array(CAPACITY);
  /** Half a frame is mirrored before the recording. */
  #filled = N_FFT / 2;
  #pair = 0;
  #length = 0;
  #loudest = 0;
  readonly #blocks = new Float64Array(CAPACITY / BLOCK);

  /** @param nMels Mel bands. */
  constructor(nMels: number) {
    this.#filters = filtersFor(nMels);
    const highest = Math.max(...this.#filters.flatMap(({ weights }) => [...weights]));
    // Of the whole spectrum's power, which is N_FFT times that of the samples, the bins of the filters have half.
    this.#most = highest * N_FFT / 2 * MARGIN;
  }

  /** Takes the next samples. */
  push(samples: Float32Array): void {
    this.#length += samples.length;
    for (let start = 0; start < samples.length;) {
      const count = Math.min(samples.length - start, CAPACITY - this.#filled);
      this.#samples.set(samples.subarray(start, start + count), this.#filled);
      this.#filled += count;
      start += count;
      if (this.#filled === CAPACITY) this.#look(PAIRS);
    }
  }

  /** Gives the logarithm, as silence follows the recording. Nothing may be pushed after it. */
  finish(): number {
    const sounding = Math.ceil((this.#length + N_FFT / 2) / HOP_LENGTH);
    while (2 * this.#pair < sounding) {
      this.#samples.fill(0, this.#filled);
      this.#look(Math.min(PAIRS, Math.ceil(sounding / 2) - this.#pair));
      this.#filled = Math.max(0, this.#filled);
    }
    return Math.max(LOG_FLOOR, logarithmOf(this.#loudest));
  }

  /** Looks at the next pairs of frames, and leaves them behind. */
  #look(pairs: number): void {
    const samples = this.#samples;
    if (this.#pair === 0) {
      for (let i = 1; i <= N_FFT / 2; i++) samples[N_FFT / 2 - i] = samples[N_FFT / 2 + i];
    }
    this.#measureBlocks();
    // All that is at hand, as if the recording began and ended far away.
    const span = { samples, offset: this.#pair * PAIR_HOP - N_FFT / 2, length: Infinity };
    for (let pair = 0; pair < pairs; pair++) {
      if (!this.#mayBeLouder(pair)) continue;
      const powers = this.#spectrum.compute(span, 2 * (this.#pair + pair), 2);
      for (const filter of this.#filters) {
        for (const spectrum of [0, N_BINS]) {
          const energy = bandEnergy(filter, powers, spectrum);
          if (energy > this.#loudest) this.#loudest = energy;
        }
      }
    }
    samples.copyWithin(0, pairs * PAIR_HOP, this.#filled);
    this.#filled -= pairs * PAIR_HOP;
    this.#pair += pairs;
  }

  #measureBlocks(): void {
    const samples = this.#samples, blocks = this.#blocks;
    for (let block = 0, at = 0; block < blocks.length; block++) {
      let energy = 0;
      for (const end = at + BLOCK; at < end; at++) energy += samples[at] * samples[at];
      blocks[block] = energy;
    }
  }

  #mayBeLouder(pair: number): boolean {
    const blocks = this.#blocks;
    for (let block = 2 * pair * BLOCKS_PER_HOP, frame = 0; frame < 2; frame++, block += BLOCKS_PER_HOP) {
      let energy = 0;
      for (let i = 0; i < BLOCKS_PER_FRAME; i++) energy += BLOCK_WEIGHTS[i] * blocks[block + i];
      if (energy * this.#most > this.#loudest) return true;
    }
    return false;
  }
}

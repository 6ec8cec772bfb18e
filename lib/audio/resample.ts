/**
 * Conversion of the sample rate: a polyphase windowed-sinc filter (Kaiser window, β 9, 16 zero crossings a
 * side, cut off at 97 % of the lower Nyquist frequency). After J. O. Smith, "Digital Audio Resampling Home
 * Page"; the filter is shaped like that of ffmpeg, which openai/whisper resamples with.
 */

/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const ZERO_CROSSINGS = 16;
/** The cut-off, as a part of the lower Nyquist frequency. */
const CUTOFF = 0.97;
/** Shape of the Kaiser window: 90 dB down in the stop band. */
const KAISER_BETA = 9;
/** Most phases, counted at the lower rate. Rate pairs with more (44101 to 16000 Hz) interpolate between two. */
const MAX_PHASES = 1024;

/** Converts one recording, given piece by piece, from one sample rate to another. */
export class Resampler {
  /** Output samples a cycle, and input samples a cycle: the two rates in lowest terms. */
  readonly #outStep: number;
  readonly #inStep: number;
  readonly #filters: FilterBank;
  /** Input not yet left behind: what the filter of the next output begins with. */
  #pending: Float32Array;
  /** How far the next output lies behind an input sample, in `1 / #outStep` samples. */
  #phase = 0;
  #received = 0;
  #given = 0;

  /**
   * Designs the filters for two rates, in samples a second.
   *
   * @throws {RangeError} when a rate is not a positive integer.
   */
  constructor(fromRate: number, toRate: number) {
    for (const rate of [fromRate, toRate]) {
      if (!Number.isInteger(rate) || rate < 1) {
        throw new RangeError(`Cannot resample: ${rate} is not a positive whole number of samples a second`);
      }
    }
    const divisor = greatestCommonDivisor(fromRate, toRate);
    this.#outStep = toRate / divisor;
    this.#inStep = fromRate / divisor;
    this.#filters = designFilters(Math.min(1, toRate / fromRate), this.#outStep);
    this.#pending = new Float32Array(this.#filters.taps / 2 - 1);
  }

  /** How many samples `count` samples become: the same duration, rounded up. */
  outputLength(count: number): number {
    return Math.ceil(count * this.#outStep / this.#inStep);
  }

  /** Takes the next samples and gives the output they make certain, some milliseconds behind. */
  push(samples: Float32Array): Float32Array {
    this.#received += samples.length;
    return this.#run(samples);
  }

  /** Gives the rest of the output, as if silence followed. Nothing may be pushed after it. */
  finish(): Float32Array {
    const rest = this.#run(new Float32Array(this.#filters.taps));
    return rest.subarray(0, this.outputLength(this.#received) - (this.#given - rest.length));
  }

  #run(samples: Float32Array): Float32Array {
    const { taps } = this.#filters;
    const input = new Float32Array(this.#pending.length + samples.length);
    input.set(this.#pending);
    input.set(samples, this.#pending.length);
    const output = new Float32Array(this.outputLength(input.length) + 1);
    let count = 0, start = 0;
    while (start + taps <= input.length) {
      output[count++] = this.#interpolate(input, start);
      this.#phase += this.#inStep;
      const steps = Math.floor(this.#phase / this.#outStep);
      this.#phase -= steps * this.#outStep;
      start += steps;
    }
    this.#pending = input.slice(start);
    this.#given += count;
    return output.subarray(0, count);
  }

  #interpolate(input: Float32Array, start: number): number {
    const { rows, phases, taps } = this.#filters;
    const position = this.#phase * phases / this.#outStep;
    const row = Math.floor(position);
    const value = dot(input, start, rows, row * taps, taps);
    if (row === position) return value;
    return value + (position - row) * (dot(input, start, rows, (row + 1) * taps, taps) - value);
  }
}

/** Filters by phase: `(phases + 1, taps)`, row-major. */
interface FilterBank {
  readonly rows: Float32Array;
  readonly phases: number;
  readonly taps: number;
}

/** Designs the filters for a pair of rates; `ratio` is output over input, at most 1. */
function designFilters(ratio: number, outStep: number): FilterBank {
  const half = ZERO_CROSSINGS / ratio;
  const taps = 4 * Math.ceil(half / 2); // a multiple of 4, for dot()
  const phases = Math.min(outStep, Math.max(1, Math.ceil(MAX_PHASES * ratio)));
  const rows = new Float32Array((phases + 1) * taps);
  for (let phase = 0; phase <= phases; phase++) {
    const row = rows.subarray(phase * taps, (phase + 1) * taps);
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (taps / 2 - 1) - phase / phases;
      row[tap] = sinc(CUTOFF * ratio * distance) * kaiser(distance / half);
    }
    // A constant must come out the same whatever the phase.
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let tap = 0; tap < taps; tap++) row[tap] /= sum;
  }
  return { rows, phases, taps };
}

/** The product of `count` samples with one filter; four sums at once, since one would wait for itself. */
function dot(samples: Float32Array, start: number, rows: Float32Array, row: number, count: number): number {
  let a = 0, b = 0, c = 0, d = 0;
  for (let i = 0; i < count; i += 4) {
    a += samples[start + i] * rows[row + i];
    b += samples[start + i + 1] * rows[row + i + 1];
    c += samples[start + i + 2] * rows[row + i + 2];
    d += samples[start + i + 3] * rows[row + i + 3];
  }
  return a + b + (c + d);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window at `x`, from -1 to 1, and 0 outside, not scaled. */
function kaiser(x: number): number {
  if (x <= -1 || x >= 1) return 0;
  // The modified Bessel function of order 0, by its power series.
  const quarter = KAISER_BETA * KAISER_BETA * (1 - x * x) / 4;
  let term = 1, sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * Conversion of the sample rate: a polyphase windowed-sinc filter (Kaiser window, β 12, 32 zero crossings a
 * side, cut off at 97 % of the lower Nyquist frequency). After J. O. Smith, "Digital Audio Resampling Home
 * Page". Up to 85 % of that frequency, what it adds is 115 dB below the sound.
 */
import { CONVOLUTION_BASE64 } from "./wasm/convolution.ts";

/** Zero crossings of the sinc on each side, counted at the lower of the two rates. */
const ZERO_CROSSINGS = 32;
/** The cut-off, as a part of the lower Nyquist frequency. */
const CUTOFF = 0.97;
/** Shape of the Kaiser window: 118 dB down in the stop band. */
const KAISER_BETA = 12;
/** Most phases, counted at the lower rate. Rate pairs with more (44101 to 16000 Hz) interpolate between two. */
const MAX_PHASES = 1024;
/** Samples taken at once. */
const BLOCK = 8192;
/** Filters kept: those of the pairs of rates that were met last. */
const KEPT_FILTERS = 4;

/** Converts one recording, given piece by piece, from one sample rate to another. */
export class Resampler {
  readonly #filters: FilterBank;
  /** Input not yet left behind: what the filter of the next output begins with. */
  #pending: Float32Array;
  /** How far the next output lies behind an input sample, in steps of the filters. */
  #phase = 0;
  #received = 0;
  #given = 0;
  /** What was given last. */
  #output = new Float32Array(0);

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
    this.#filters = filtersFor(fromRate, toRate);
    this.#pending = new Float32Array(this.#filters.taps / 2 - 1);
  }

  /** How many samples `count` samples become: the same duration, rounded up. */
  outputLength(count: number): number {
    return this.#filters.outputLength(count);
  }

  /**
   * Takes the next samples and gives the output they make certain, some milliseconds behind, in memory that the next
   * call overwrites.
   */
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
    const most = this.outputLength(this.#pending.length + samples.length) + 1;
    if (this.#output.length < most) this.#output = new Float32Array(most);
    const output = this.#output;
    let count = 0;
    for (let start = 0; start < samples.length; start += BLOCK) {
      const { outputs, pending, phase } = this.#filters.run(
        this.#pending,
        samples.subarray(start, start + BLOCK),
        this.#phase,
      );
      output.set(outputs, count);
      count += outputs.length;
      this.#pending = pending;
      this.#phase = phase;
    }
    this.#given += count;
    return output.subarray(0, count);
  }
}

/** What one run gives. */
interface Convolved {
  /** In memory that the next run overwrites. */
  readonly outputs: Float32Array;
  /** The input that the next output begins with. */
  readonly pending: Float32Array;
  readonly phase: number;
}

/** A number of the WebAssembly file. Not every library of types knows a generic `WebAssembly.Global`. */
interface Variable {
  value: number;
}

/** The functions of the WebAssembly file: see `scripts/audio_wasm/convolution.wat`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly start: Variable;
  readonly phase: Variable;
  run(
    end: number,
    output: number,
    filters: number,
    size: number,
    phases: number,
    outStep: number,
    inStep: number,
  ): number;
}

/** The filters of a pair of rates, with the program that applies them. A run is done when it returns: many may share. */
class FilterBank {
  /** Output samples a cycle, and input samples a cycle: the two rates in lowest terms. */
  readonly #outStep: number;
  readonly #inStep: number;
  readonly taps: number;
  readonly #phases: number;
  readonly #exports: Exports;
  /** Where the input begins and the output, in floats. */
  readonly #input: number;
  readonly #output: number;

  constructor(fromRate: number, toRate: number) {
    const divisor = greatestCommonDivisor(fromRate, toRate);
    this.#outStep = toRate / divisor;
    this.#inStep = fromRate / divisor;
    const { rows, phases, taps } = designFilters(Math.min(1, toRate / fromRate), this.#outStep);
    this.taps = taps;
    this.#phases = phases;
    this.#input = rows.length;
    this.#output = this.#input + taps + BLOCK;
    this.#exports = instantiate();
    const floats = this.#output + this.outputLength(taps + BLOCK) + 1;
    this.#exports.memory.grow(Math.ceil(4 * floats / PAGE));
    new Float32Array(this.#exports.memory.buffer).set(rows);
  }

  outputLength(count: number): number {
    return Math.ceil(count * this.#outStep / this.#inStep);
  }

  run(pending: Float32Array, samples: Float32Array, phase: number): Convolved {
    const { memory, start, phase: phaseNow, run } = this.#exports;
    const floats = new Float32Array(memory.buffer);
    floats.set(pending, this.#input);
    floats.set(samples, this.#input + pending.length);
    const end = this.#input + pending.length + samples.length;
    start.value = 4 * this.#input;
    phaseNow.value = phase;
    const last = run(4 * end, 4 * this.#output, 0, 4 * this.taps, this.#phases, this.#outStep, this.#inStep);
    return {
      outputs: floats.subarray(this.#output, last / 4),
      pending: floats.slice(start.value / 4, end),
      phase: phaseNow.value,
    };
  }
}

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

let program: WebAssembly.Module | undefined;

function instantiate(): Exports {
  program ??= new WebAssembly.Module(
    Uint8Array.from(atob(CONVOLUTION_BASE64), (character) => character.charCodeAt(0)),
  );
  return new WebAssembly.Instance(program).exports as unknown as Exports;
}

/** The filters that were used last, the latest at the end. */
const kept = new Map<string, FilterBank>();

function filtersFor(fromRate: number, toRate: number): FilterBank {
  const rates = `${fromRate}:${toRate}`;
  const filters = kept.get(rates) ?? new FilterBank(fromRate, toRate);
  kept.delete(rates);
  kept.set(rates, filters);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT_FILTERS) break;
    kept.delete(oldest);
  }
  return filters;
}

/** Filters by phase, `(phases + 1, taps)` row-major, for a pair of rates; `ratio` is output over input, at most 1. */
function designFilters(
  ratio: number,
  outStep: number,
): { readonly rows: Float32Array; readonly phases: number; readonly taps: number } {
  const half = ZERO_CROSSINGS / ratio;
  const taps = 16 * Math.ceil(half / 8); // a multiple of 16, as the program wants
  const phases = Math.min(outStep, Math.max(1, Math.ceil(MAX_PHASES * ratio)));
  const rows = new Float32Array((phases + 1) * taps);
  const row = new Float64Array(taps);
  for (let phase = 0; phase <= phases; phase++) {
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (taps / 2 - 1) - phase / phases;
      row[tap] = sinc(CUTOFF * ratio * distance) * kaiser(distance / half);
    }
    // A constant must come out the same whatever the phase.
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let tap = 0; tap < taps; tap++) rows[phase * taps + tap] = row[tap] / sum;
  }
  return { rows, phases, taps };
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

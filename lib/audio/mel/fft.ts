/**
 * The fast Fourier transform for sizes made of fours and fives, such as the 400 of Whisper's spectrogram:
 * Stockham's self-sorting form (decimation in frequency), so there is no reordering step.
 */

interface Stage {
  readonly radix: 4 | 5;
  /** How many butterflies have a twiddle factor of their own. */
  readonly groups: number;
  /** How many butterflies share each. */
  readonly stride: number;
  /** exp(-2πi·j·p / (radix·groups)) for p = 0…groups-1 and j = 1…radix-1: real part, imaginary part. */
  readonly twiddles: Float64Array;
}

/** A complex Fourier transform of one size, with its twiddle factors and scratch space. */
export class Fft {
  readonly #stages: readonly Stage[];
  readonly #scratchRe: Float64Array;
  readonly #scratchIm: Float64Array;

  /**
   * Plans transforms of `size` complex numbers.
   *
   * @throws {RangeError} when `size` is not a product of fours and fives.
   */
  constructor(size: number) {
    this.#stages = planStages(size);
    this.#scratchRe = new Float64Array(size);
    this.#scratchIm = new Float64Array(size);
  }

  /** Replaces `size` complex numbers with their transform, exp(-2πi·jk/size), not scaled. */
  transform(re: Float64Array, im: Float64Array): void {
    let [fromRe, fromIm, toRe, toIm] = [re, im, this.#scratchRe, this.#scratchIm];
    for (const stage of this.#stages) {
      (stage.radix === 4 ? runRadix4 : runRadix5)(stage, fromRe, fromIm, toRe, toIm);
      [fromRe, fromIm, toRe, toIm] = [toRe, toIm, fromRe, fromIm];
    }
    if (fromRe !== re) {
      re.set(fromRe);
      im.set(fromIm);
    }
  }
}

function planStages(size: number): Stage[] {
  const stages: Stage[] = [];
  let stride = 1;
  for (const radix of [4, 5] as const) {
    while (stride < size && (size / stride) % radix === 0) {
      const groups = size / stride / radix;
      stages.push({ radix, groups, stride, twiddles: twiddleFactors(radix, groups) });
      stride *= radix;
    }
  }
  if (stride !== size) {
    throw new RangeError(`Cannot plan a Fourier transform: ${size} is not a product of fours and fives`);
  }
  return stages;
}

function twiddleFactors(radix: number, groups: number): Float64Array {
  const twiddles = new Float64Array(2 * groups * (radix - 1));
  let at = 0;
  for (let p = 0; p < groups; p++) {
    for (let j = 1; j < radix; j++) {
      const angle = -2 * Math.PI * j * p / (radix * groups);
      twiddles[at++] = Math.cos(angle);
      twiddles[at++] = Math.sin(angle);
    }
  }
  return twiddles;
}

function runRadix4(
  { groups, stride, twiddles: w }: Stage,
  xRe: Float64Array,
  xIm: Float64Array,
  yRe: Float64Array,
  yIm: Float64Array,
): void {
  const quarter = groups * stride;
  for (let p = 0, t = 0; p < groups; p++, t += 6) {
    const w1Re = w[t], w1Im = w[t + 1], w2Re = w[t + 2], w2Im = w[t + 3], w3Re = w[t + 4], w3Im = w[t + 5];
    for (let a = p * stride, out = 4 * a, end = a + stride; a < end; a++, out++) {
      const b = a + quarter, c = b + quarter, d = c + quarter;
      const acRe = xRe[a] + xRe[c], acIm = xIm[a] + xIm[c];
      const amRe = xRe[a] - xRe[c], amIm = xIm[a] - xIm[c];
      const bdRe = xRe[b] + xRe[d], bdIm = xIm[b] + xIm[d];
      const bmRe = xRe[b] - xRe[d], bmIm = xIm[b] - xIm[d];
      yRe[out] = acRe + bdRe;
      yIm[out] = acIm + bdIm;
      const y1Re = amRe + bmIm, y1Im = amIm - bmRe;
      yRe[out + stride] = y1Re * w1Re - y1Im * w1Im;
      yIm[out + stride] = y1Re * w1Im + y1Im * w1Re;
      const y2Re = acRe - bdRe, y2Im = acIm - bdIm;
      yRe[out + 2 * stride] = y2Re * w2Re - y2Im * w2Im;
      yIm[out + 2 * stride] = y2Re * w2Im + y2Im * w2Re;
      const y3Re = amRe - bmIm, y3Im = amIm + bmRe;
      yRe[out + 3 * stride] = y3Re * w3Re - y3Im * w3Im;
      yIm[out + 3 * stride] = y3Re * w3Im + y3Im * w3Re;
    }
  }
}

const COS_1 = Math.cos(2 * Math.PI / 5);
const COS_2 = Math.cos(4 * Math.PI / 5);
const SIN_1 = Math.sin(2 * Math.PI / 5);
const SIN_2 = Math.sin(4 * Math.PI / 5);

function runRadix5(
  { groups, stride, twiddles: w }: Stage,
  xRe: Float64Array,
  xIm: Float64Array,
  yRe: Float64Array,
  yIm: Float64Array,
): void {
  const fifth = groups * stride;
  for (let p = 0, t = 0; p < groups; p++, t += 8) {
    for (let a = p * stride, out = 5 * a, end = a + stride; a < end; a++, out++) {
      const b = a + fifth, c = b + fifth, d = c + fifth, e = d + fifth;
      const beRe = xRe[b] + xRe[e], beIm = xIm[b] + xIm[e];
      const cdRe = xRe[c] + xRe[d], cdIm = xIm[c] + xIm[d];
      const bmRe = xRe[b] - xRe[e], bmIm = xIm[b] - xIm[e];
      const cmRe = xRe[c] - xRe[d], cmIm = xIm[c] - xIm[d];
      yRe[out] = xRe[a] + beRe + cdRe;
      yIm[out] = xIm[a] + beIm + cdIm;
      const even1Re = xRe[a] + COS_1 * beRe + COS_2 * cdRe, even1Im = xIm[a] + COS_1 * beIm + COS_2 * cdIm;
      const even2Re = xRe[a] + COS_2 * beRe + COS_1 * cdRe, even2Im = xIm[a] + COS_2 * beIm + COS_1 * cdIm;
      const odd1Re = SIN_1 * bmIm + SIN_2 * cmIm, odd1Im = -SIN_1 * bmRe - SIN_2 * cmRe;
      const odd2Re = SIN_2 * bmIm - SIN_1 * cmIm, odd2Im = SIN_1 * cmRe - SIN_2 * bmRe;
      const y1Re = even1Re + odd1Re, y1Im = even1Im + odd1Im;
      yRe[out + stride] = y1Re * w[t] - y1Im * w[t + 1];
      yIm[out + stride] = y1Re * w[t + 1] + y1Im * w[t];
      const y2Re = even2Re + odd2Re, y2Im = even2Im + odd2Im;
      yRe[out + 2 * stride] = y2Re * w[t + 2] - y2Im * w[t + 3];
      yIm[out + 2 * stride] = y2Re * w[t + 3] + y2Im * w[t + 2];
      const y3Re = even2Re - odd2Re, y3Im = even2Im - odd2Im;
      yRe[out + 3 * stride] = y3Re * w[t + 4] - y3Im * w[t + 5];
      yIm[out + 3 * stride] = y3Re * w[t + 5] + y3Im * w[t + 4];
      const y4Re = even1Re - odd1Re, y4Im = even1Im - odd1Im;
      yRe[out + 4 * stride] = y4Re * w[t + 6] - y4Im * w[t + 7];
      yIm[out + 4 * stride] = y4Re * w[t + 7] + y4Im * w[t + 6];
    }
  }
}

/**
 * From the attention of the alignment heads to the cost matrix of the warping: softmax over the frames, z-score
 * over the tokens, median over seven frames, mean over the heads. `find_alignment` of openai/whisper's `timing.py`.
 */
import type { TimeSlice } from "../async/time_slice.ts";
import { MEDIAN_PADDING, MEDIAN_WIDTH, medianFilter } from "./median_filter.ts";
import { softmax } from "./softmax.ts";

/** The sizes of a block of attention scores, and what of it is used. */
export interface AttentionShape {
  /** Alignment heads. */
  readonly heads: number;
  /** Tokens, the special ones included: at most 448. */
  readonly tokens: number;
  /** Positions of the encoder's output. */
  readonly positions: number;
  /** The leading positions that hold audio. */
  readonly frames: number;
  /** The tokens to give rows for, `[from, to)`. All of them count in the z-score. */
  readonly rows: readonly [from: number, to: number];
}

/**
 * What 1.0 is in the median filter's integers. The z-score of one among n values is at most √(n − 1), 21.2 for
 * 448 tokens: neither it nor a difference of two overflows, and it is kept as exactly as a float32 would.
 */
const FIXED_POINT_ONE = 2 ** 25;

/** Below this variance, relative to the square of the mean, all values are the same. */
const RELATIVE_VARIANCE_OF_EQUALS = 1e-12;

/**
 * Computes the cost matrix: the negated mean over the heads of the filtered attention.
 *
 * @param scores `(heads, tokens, positions)`, row-major, before the softmax.
 * @param slice Its pauses come between rows.
 * @returns `(to - from, frames)`, row-major.
 */
export async function attentionCost(
  scores: Float32Array,
  shape: AttentionShape,
  slice: TimeSlice,
): Promise<Float64Array> {
  const { heads, tokens, positions, frames, rows: [from, to] } = shape;
  const cost = new Float64Array((to - from) * frames);
  const weights = new Float32Array(tokens * frames);
  const filtered = new Int32Array(frames + 1);
  for (let head = 0; head < heads; head++) {
    for (let token = 0; token < tokens; token++) {
      softmax(scores, (head * tokens + token) * positions, frames, weights, token * frames);
      await slice.pause();
    }
    const moments = momentsOf(weights, tokens, frames);
    for (let token = from; token < to; token++) {
      filterRow(weights, token * frames, moments, filtered);
      subtractRow(filtered, heads, cost, (token - from) * frames, frames);
      await slice.pause();
    }
  }
  return cost;
}

/** Mean and inverse standard deviation (biased) over the tokens, for every frame. */
interface Moments {
  readonly mean: Float64Array;
  readonly inverseDeviation: Float64Array;
}

function momentsOf(weights: Float32Array, tokens: number, frames: number): Moments {
  const mean = new Float64Array(frames);
  const inverseDeviation = new Float64Array(frames);
  for (let token = 0; token < tokens; token++) {
    for (let frame = 0; frame < frames; frame++) {
      const weight = weights[token * frames + frame];
      mean[frame] += weight;
      inverseDeviation[frame] += weight * weight;
    }
  }
  for (let frame = 0; frame < frames; frame++) {
    const average = mean[frame] /= tokens;
    const variance = inverseDeviation[frame] / tokens - average * average;
    // Differs from whisper: a frame that says the same of every token says nothing, where a division by zero
    // would make the whole path worthless.
    const equal = variance <= RELATIVE_VARIANCE_OF_EQUALS * average * average;
    inverseDeviation[frame] = equal ? 0 : 1 / Math.sqrt(variance);
  }
  return { mean, inverseDeviation };
}

/** Writes the filtered z-scores of a token to `filtered`, in fixed point. */
function filterRow(weights: Float32Array, from: number, moments: Moments, filtered: Int32Array): void {
  const { mean, inverseDeviation } = moments;
  const frames = mean.length;
  const input = new Int32Array(frames + MEDIAN_WIDTH + 1);
  for (let frame = 0; frame < frames; frame++) {
    input[MEDIAN_PADDING + frame] = (weights[from + frame] - mean[frame]) * inverseDeviation[frame] *
      FIXED_POINT_ONE;
  }
  medianFilter(input, filtered, frames);
}

/** Subtracts a head's share of a row from the cost. */
function subtractRow(
  filtered: Int32Array,
  heads: number,
  cost: Float64Array,
  from: number,
  count: number,
): void {
  const share = 1 / (FIXED_POINT_ONE * heads);
  for (let i = 0; i < count; i++) cost[from + i] -= filtered[i] * share;
}

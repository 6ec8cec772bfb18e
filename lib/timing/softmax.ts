/** Softmax over the rows of a matrix. */
import { expOfNegative } from "./fast_exp.ts";

/** Writes the softmax of a row to `output`. */
export function softmax(
  values: Float32Array,
  from: number,
  count: number,
  output: Float32Array,
  outputFrom: number,
): void {
  const maximum = maximumOf(values, from, count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const power = expOfNegative(values[from + i] - maximum);
    output[outputFrom + i] = power;
    sum += power;
  }
  const scale = 1 / sum;
  for (let i = 0; i < count; i++) output[outputFrom + i] *= scale;
}

/** Gives the probability that the softmax of a row gives to its value at `index`. */
export function probabilityOf(values: Float32Array, from: number, count: number, index: number): number {
  const maximum = maximumOf(values, from, count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += expOfNegative(values[from + i] - maximum);
  return expOfNegative(values[from + index] - maximum) / sum;
}

function maximumOf(values: Float32Array, from: number, count: number): number {
  let maximum = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = values[from + i];
    if (value > maximum) maximum = value;
  }
  return maximum;
}

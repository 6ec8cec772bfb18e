/** Fewer vectors that stand for many: those most alike are put together, block by block, so that memory is bounded. */
import { joinFloats } from "../../bytes/join.ts";
import { clustersAfter, mergeAll, type Vectors } from "./dendrogram.ts";

/** Most vectors that are compared each with each. */
const MOST_COMPARED = 512;

/** The mean of each cluster, of length 1. Vectors that point everywhere have the mean 0. */
export function meansOf({ size, data, weights }: Vectors, clusters: ArrayLike<number>): Vectors {
  const count = Math.max(-1, ...new Set(Array.from(clusters))) + 1;
  const means = { size, data: new Float32Array(count * size), weights: new Float32Array(count) };
  for (let i = 0; i < weights.length; i++) {
    const to = clusters[i] * size;
    for (let k = 0; k < size; k++) means.data[to + k] += weights[i] * data[i * size + k];
    means.weights[clusters[i]] += weights[i];
  }
  for (let at = 0; at < means.data.length; at += size) normalise(means.data.subarray(at, at + size));
  return means;
}

/** Gives a vector the length 1, unless it is 0. */
export function normalise(vector: Float32Array): void {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length > 0) vector.forEach((value, i) => vector[i] = value / length);
}

/** Puts the most alike of neighbouring vectors together until few enough are left. */
export function reduced(vectors: Vectors, most = MOST_COMPARED): Vectors {
  let { size, data, weights } = vectors;
  while (weights.length > most) {
    const parts: Vectors[] = [];
    for (let first = 0; first < weights.length; first += most) {
      const end = Math.min(first + most, weights.length);
      const block = {
        size,
        data: data.subarray(first * size, end * size),
        weights: weights.subarray(first, end),
      };
      const count = end - first;
      parts.push(meansOf(block, clustersAfter(mergeAll(block).slice(0, Math.ceil(count * 3 / 4)), count)));
    }
    data = joinFloats(parts.map((part) => part.data));
    weights = joinFloats(parts.map((part) => part.weights));
  }
  return { size, data, weights };
}

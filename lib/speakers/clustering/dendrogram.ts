/** Agglomerative clustering: of all clusters the two most alike become one, until one is left. */

/** Two clusters that become one. Clusters are named by a vector in them. */
export interface Merge {
  readonly kept: number;
  readonly taken: number;
  /** How alike they are: the mean cosine between the vectors of one and those of the other. */
  readonly similarity: number;
}

/** Vectors of one size, one after the other. */
export interface Vectors {
  readonly size: number;
  readonly data: Float32Array;
  /** How much each counts. */
  readonly weights: Float32Array;
}

/**
 * Merges vectors by the mean cosine between clusters (average linkage). Takes time and memory that grow with the square
 * of their number.
 *
 * @returns All merges, the most alike first: none is more alike than the one before.
 */
export function mergeAll({ size, data, weights }: Vectors): Merge[] {
  const count = weights.length;
  const alike = cosines(data, size, count);
  const weight = Float64Array.from(weights);
  const alive = new Set(weight.keys());
  // The cluster most like each.
  const nearest = new Int32Array(count);
  const look = (row: number) => {
    let best = -1, most = -Infinity;
    for (const other of alive) {
      if (other !== row && alike[row * count + other] > most) {
        [best, most] = [other, alike[row * count + other]];
      }
    }
    nearest[row] = best;
  };
  for (const row of alive) look(row);
  const merges: Merge[] = [];
  while (alive.size > 1) {
    let kept = -1, similarity = -Infinity;
    for (const row of alive) {
      const found = alike[row * count + nearest[row]];
      if (found > similarity) [kept, similarity] = [row, found];
    }
    const taken = nearest[kept];
    merges.push({ kept, taken, similarity });
    alive.delete(taken);
    const whole = weight[kept] + weight[taken];
    for (const other of alive) {
      if (other === kept) continue;
      const mean =
        (weight[kept] * alike[kept * count + other] + weight[taken] * alike[taken * count + other]) /
        whole;
      alike[kept * count + other] = alike[other * count + kept] = mean;
    }
    weight[kept] = whole;
    for (const row of alive) {
      if (row === kept || nearest[row] === kept || nearest[row] === taken) look(row);
    }
  }
  return merges;
}

/**
 * Tells which cluster each vector is in after some merges.
 *
 * @returns Numbers from 0, in the order in which the clusters first come.
 */
export function clustersAfter(merges: readonly Merge[], count: number): Int32Array {
  const into = Int32Array.from({ length: count }, (_, i) => i);
  for (const { kept, taken } of merges) into[taken] = kept;
  const numbers = new Map<number, number>();
  return into.map((_, i) => {
    let at = i;
    while (into[at] !== at) at = into[at];
    if (!numbers.has(at)) numbers.set(at, numbers.size);
    return numbers.get(at)!;
  });
}

function cosines(data: Float32Array, size: number, count: number): Float32Array {
  const alike = new Float32Array(count * count);
  for (let a = 0; a < count; a++) {
    const from = a * size;
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let i = 0, to = b * size; i < size; i++, to++) sum += data[from + i] * data[to];
      alike[a * count + b] = alike[b * count + a] = sum;
    }
  }
  return alike;
}

/**
 * Dynamic time warping: the cheapest monotone path through a cost matrix, from the first row and column to the
 * last. Sakoe and Chiba (1978); `dtw_cpu` and `backtrace` of openai/whisper's `timing.py`.
 */

/** The cells of a path, in order. */
export interface WarpingPath {
  /** The row of each cell: a token. */
  readonly rows: Int32Array;
  /** The column of each cell: a frame. */
  readonly columns: Int32Array;
}

const DIAGONAL = 0;
const UP = 1;
const LEFT = 2;

/**
 * Finds the cheapest path.
 *
 * A tie is won by the step along the row, as in openai/whisper; sums are float64, as there (its array asks for
 * float32, and numba widens it).
 *
 * @param cost `(rowCount, columnCount)`, row-major, `rowCount` and `columnCount` at least 1.
 */
export function dtw(cost: Float64Array, rowCount: number, columnCount: number): WarpingPath {
  return backtrace(traceSteps(cost, rowCount, columnCount), rowCount, columnCount);
}

/** The step that leads to each cell: `(rowCount, columnCount)`. */
function traceSteps(cost: Float64Array, rowCount: number, columnCount: number): Uint8Array {
  const trace = new Uint8Array(rowCount * columnCount);
  // Sums of the row above and of this one, with a column before the first.
  let above = new Float64Array(columnCount + 1).fill(Infinity);
  let row = new Float64Array(columnCount + 1);
  above[0] = 0;
  for (let i = 0; i < rowCount; i++) {
    row[0] = Infinity;
    for (let j = 0; j < columnCount; j++) {
      const diagonal = above[j];
      const up = above[j + 1];
      const left = row[j];
      let best = left;
      let step = LEFT;
      if (diagonal < up && diagonal < left) {
        best = diagonal;
        step = DIAGONAL;
      } else if (up < diagonal && up < left) {
        best = up;
        step = UP;
      }
      row[j + 1] = cost[i * columnCount + j] + best;
      trace[i * columnCount + j] = step;
    }
    [above, row] = [row, above];
  }
  return trace;
}

function backtrace(trace: Uint8Array, rowCount: number, columnCount: number): WarpingPath {
  let i = rowCount - 1;
  let j = columnCount - 1;
  const rows = [i];
  const columns = [j];
  while (i > 0 || j > 0) {
    // The edges are forced, so that even a matrix of NaN gives a path through every row.
    const step = i === 0 ? LEFT : j === 0 ? UP : trace[i * columnCount + j];
    if (step !== LEFT) i--;
    if (step !== UP) j--;
    rows.push(i);
    columns.push(j);
  }
  return { rows: Int32Array.from(rows.reverse()), columns: Int32Array.from(columns.reverse()) };
}

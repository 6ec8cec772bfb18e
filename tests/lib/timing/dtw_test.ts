import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { dtw } from "../../../lib/timing/dtw.ts";

describe("dtw()", () => {
  it("follows a cheap path of diagonal, up and left steps", () => {
    const cost = Float64Array.of(
      ...[0, 0, 9, 9, 9],
      ...[9, 9, 0, 9, 9],
      ...[9, 9, 0, 9, 9],
      ...[9, 9, 9, 0, 0],
    );
    const { rows, columns } = dtw(cost, 4, 5);
    assert.deepEqual([...rows], [0, 0, 1, 2, 3, 3]);
    assert.deepEqual([...columns], [0, 1, 2, 2, 3, 4]);
  });

  it("goes down the first column where that is cheaper", () => {
    const { rows, columns } = dtw(Float64Array.of(1, 9, -1, 0), 2, 2);
    assert.deepEqual([...rows], [0, 1, 1]);
    assert.deepEqual([...columns], [0, 0, 1]);
  });

  it("begins in the first cell, whatever that costs", () => {
    const { rows, columns } = dtw(Float64Array.of(5, 1, 1, 0), 2, 2);
    assert.deepEqual([...rows], [0, 1]);
    assert.deepEqual([...columns], [0, 1]);
  });

  it("gives a tie of any two steps to the step along the row", () => {
    // The diagonal and the step down, the diagonal and the step along, both steps, all three.
    for (const cost of [[0, 0, 1, 0], [0, 1, 0, 0], [0, -1, -1, 0], [0, 0, 0, 0]]) {
      const { rows, columns } = dtw(Float64Array.from(cost), 2, 2);
      assert.deepEqual([[...rows], [...columns]], [[0, 1, 1], [0, 0, 1]], `of ${cost}`);
    }
  });

  it("gives a tie to the step along the row", () => {
    const { rows, columns } = dtw(new Float64Array(9), 3, 3);
    // Where two predecessors are equal neither is strictly the best, and the one in the row is taken.
    assert.deepEqual([...rows], [0, 1, 2, 2, 2]);
    assert.deepEqual([...columns], [0, 0, 0, 1, 2]);
  });

  it("sums in float64", () => {
    // In float32 the sums 1 and 1 - 1e-9 are equal, and the tie would go along the row.
    const { rows, columns } = dtw(Float64Array.of(1, -1e-9, 5, 0), 2, 2);
    assert.deepEqual([...rows], [0, 0, 1]);
    assert.deepEqual([...columns], [0, 1, 1]);
  });

  it("gives a path from corner to corner for one row, one column and one cell", () => {
    assert.deepEqual([...dtw(new Float64Array(3), 1, 3).columns], [0, 1, 2]);
    assert.deepEqual([...dtw(new Float64Array(3), 3, 1).rows], [0, 1, 2]);
    assert.deepEqual([...dtw(new Float64Array(1), 1, 1).rows], [0]);
  });

  it("passes every row even if the costs are not numbers", () => {
    const { rows, columns } = dtw(new Float64Array(12).fill(NaN), 3, 4);
    assert.deepEqual([rows[0], columns[0]], [0, 0]);
    assert.deepEqual([...new Set(rows)], [0, 1, 2]);
  });
});

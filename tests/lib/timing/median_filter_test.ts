import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { MEDIAN_PADDING, MEDIAN_WIDTH, medianFilter } from "../../../lib/timing/median_filter.ts";

/** The definition: mirror, sort, take the middle. */
function slowMedian(values: readonly number[]): number[] {
  const mirrored = (i: number) => values[i < 0 ? -i : i >= values.length ? 2 * values.length - 2 - i : i];
  return values.map((_, i) => [-3, -2, -1, 0, 1, 2, 3].map((k) => mirrored(i + k)).sort((a, b) => a - b)[3]);
}

function filter(values: readonly number[]): number[] {
  const input = new Int32Array(values.length + 8);
  const output = new Int32Array(values.length + 1);
  input.set(values, 3);
  medianFilter(input, output, values.length);
  return [...output.subarray(0, values.length)];
}

describe("medianFilter()", () => {
  it("takes the middle of seven, mirrored at the ends, for every length", () => {
    let state = 1;
    for (let length = 4; length < 60; length++) {
      const values = Array.from({ length }, () => state = (Math.imul(state, 48271) + 11) % 709_000_000);
      assert.deepEqual(filter(values), slowMedian(values), `length ${length}`);
    }
  });

  it("is as wide as the values beside one on both sides", () => {
    assert.equal(MEDIAN_WIDTH, 2 * MEDIAN_PADDING + 1);
  });

  it("finds the median of every order of seven values", () => {
    const places = [3, 4, 5, 6, 7, 8, 9];
    for (let order = 0; order < 5040; order++) {
      const rest = [...places];
      let code = order;
      const values = [0, 0, 0];
      for (let left = 7; left > 0; left--) {
        values.push(rest.splice(code % left, 1)[0]);
        code = Math.floor(code / left);
      }
      assert.equal(filter([...values, 0, 0, 0])[6], 6);
    }
  });

  it("takes repeated values as they are", () => {
    assert.deepEqual(filter([5, 5, 5, 5, 9, 9, 9, 9]), slowMedian([5, 5, 5, 5, 9, 9, 9, 9]));
  });

  it("copies a row of three values or fewer", () => {
    assert.deepEqual(filter([9, 1, 5]), [9, 1, 5]);
    assert.deepEqual(filter([]), []);
  });
});

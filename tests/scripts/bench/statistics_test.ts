import assert from "node:assert/strict";
import { median, quantile, ratioByRound } from "../../../scripts/bench/statistics.ts";
import { describe, it } from "../../harness.ts";

describe("median()", () => {
  it("is the middle one, whatever the order", () => {
    assert.equal(median([10, 1, 2]), 2);
  });

  it("is the mean of the middle two of an even number", () => {
    assert.equal(median([10, 1, 2, 4]), 3);
  });

  it("refuses nothing", () => {
    assert.throws(() => median([]), RangeError);
  });
});

describe("quantile()", () => {
  it("is the value below which a share lies, whatever the order", () => {
    assert.deepEqual([0, 0.5, 0.9, 1].map((share) => quantile([4, 1, 3, 2], share)), [1, 3, 4, 4]);
  });

  it("is no number of none", () => {
    assert.equal(quantile([], 0.5), NaN);
  });
});

describe("ratioByRound()", () => {
  it("divides the peer's by ours, round by round", () => {
    // The second round was noisy for both: the ratios hold, those of the minima would not.
    assert.deepEqual(ratioByRound([2, 12, 3], [1, 4, 1]), { min: 2, median: 3, rounds: 3 });
  });

  it("leaves out the rounds that one of them lacks", () => {
    assert.deepEqual(ratioByRound([2, undefined, 3, 4], [1, 1, undefined, 2]), {
      min: 2,
      median: 2,
      rounds: 2,
    });
  });

  it("is nothing when no round has both", () => {
    assert.equal(ratioByRound([undefined], [1]), undefined);
    assert.equal(ratioByRound([], []), undefined);
  });
});

import assert from "node:assert/strict";
import { roundHalfEven } from "../../../lib/python/round_half_even.ts";
import { describe, it } from "../../harness.ts";

describe("roundHalfEven()", () => {
  it("rounds halves to the even neighbour, and the rest to the nearest", () => {
    const cases = [[0.5, 0], [1.5, 2], [2.5, 2], [-0.5, 0], [-1.5, -2], [0.49, 0], [0.51, 1], [-0.51, -1], [
      7,
      7,
    ]];
    for (const [x, rounded] of cases) assert.equal(roundHalfEven(x) + 0, rounded, `${x}`);
  });
});

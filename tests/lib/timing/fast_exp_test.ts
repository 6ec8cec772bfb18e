import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { expOfNegative } from "../../../lib/timing/fast_exp.ts";

describe("expOfNegative()", () => {
  it("is within 1e-11 of Math.exp, relative", () => {
    for (let x = 0; x > -700; x -= 0.00937) {
      assert.ok(Math.abs(expOfNegative(x) / Math.exp(x) - 1) < 1e-11, `e^${x}`);
    }
  });

  it("is exactly 1 at 0", () => assert.equal(expOfNegative(0), 1));

  it("is 0 for what is too small, and for what is no number", () => {
    for (const x of [-701, -1e300, -Infinity, NaN]) assert.equal(expOfNegative(x), 0);
  });
});

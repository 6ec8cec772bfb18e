import assert from "node:assert/strict";
import { mostLikely } from "../../../lib/decoding/token_decoder.ts";
import { describe, it } from "../../harness.ts";

const SHORT = { tokens: [1, 2], sumLogprob: -2.1 };
const LONG = { tokens: [1, 2, 3, 4, 5, 6], sumLogprob: -6 };

describe("mostLikely()", () => {
  it("ranks by the mean over the length", () => {
    assert.equal(mostLikely([SHORT, LONG]), LONG);
  });

  it("ranks by the sum when the length penalty is 0, and by Google's penalty between", () => {
    assert.equal(mostLikely([LONG, SHORT], 0), SHORT);
    // (7/6)^1 and (11/6)^1: -1.8 and -3.27.
    assert.equal(mostLikely([LONG, SHORT], 1), SHORT);
    assert.equal(mostLikely([{ ...LONG, sumLogprob: -3.2 }, SHORT], 1).tokens, LONG.tokens);
  });

  it("takes the first of equals, and an empty candidate only if it is better", () => {
    assert.equal(mostLikely([SHORT, { ...SHORT }]), SHORT);
    const empty = { tokens: [], sumLogprob: -1.2 };
    assert.equal(mostLikely([empty, SHORT]), SHORT);
    assert.equal(mostLikely([empty]), empty);
  });
});

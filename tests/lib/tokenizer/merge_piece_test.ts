import assert from "node:assert/strict";
import { mergePiece } from "../../../lib/tokenizer/merge_piece.ts";
import { describe, it } from "../../harness.ts";
import { Random } from "./samples.ts";

/** Makes the lookup of pairs from entries like `"1 2": 10`. */
function merges(
  pairs: Readonly<Record<string, number>>,
): (left: number, right: number) => number | undefined {
  return (left, right) => pairs[`${left} ${right}`];
}

/** The definition, one scan a merge. */
function mergeByDefinition(tokens: number[], merged: (left: number, right: number) => number | undefined) {
  while (true) {
    const pairs = tokens.slice(1).map((token, i) => merged(tokens[i], token) ?? Infinity);
    const lowest = Math.min(...pairs);
    if (lowest === Infinity) return tokens;
    tokens.splice(pairs.indexOf(lowest), 2, lowest);
  }
}

describe("mergePiece()", () => {
  it("merges the lowest token first, not the leftmost", () => {
    assert.deepEqual(mergePiece([1, 2, 3], merges({ "1 2": 11, "2 3": 10 })), [1, 10]);
  });

  it("merges equal tokens from left to right", () => {
    assert.deepEqual(mergePiece([1, 1, 1], merges({ "1 1": 10 })), [10, 1]);
    assert.deepEqual(mergePiece([1, 1, 1, 1, 1], merges({ "1 1": 10, "10 10": 11, "11 1": 12 })), [12]);
  });

  it("merges a merged token with the one before it and the one after it", () => {
    const pairs = merges({ "2 3": 10, "1 10": 11, "11 4": 12 });
    assert.deepEqual(mergePiece([1, 2, 3, 4, 5], pairs), [12, 5]);
  });

  it("leaves alone what does not merge", () => {
    assert.deepEqual(mergePiece([], merges({})), []);
    assert.deepEqual(mergePiece([7], merges({ "7 7": 10 })), [7]);
    assert.deepEqual(mergePiece([1, 2], merges({ "2 1": 10 })), [1, 2]);
  });

  it("gives what the definition gives, for any merges and tokens", () => {
    const random = new Random(7);
    for (let round = 0; round < 300; round++) {
      const pairs: Record<string, number> = {};
      for (let token = 4; token < 24; token++) pairs[`${random.below(token)} ${random.below(token)}`] = token;
      const tokens = Array.from({ length: random.below(60) }, () => random.below(4));
      assert.deepEqual(mergePiece([...tokens], merges(pairs)), mergeByDefinition([...tokens], merges(pairs)));
    }
  });
});

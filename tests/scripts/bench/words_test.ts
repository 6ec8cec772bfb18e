import assert from "node:assert/strict";
import { editDistance, normaliseWords, wordErrorRate } from "../../../scripts/bench/words.ts";
import { describe, it } from "../../harness.ts";

describe("normaliseWords()", () => {
  it("lowers the case and drops punctuation", () => {
    assert.deepEqual(normaliseWords(" And so, my fellow Americans: ask not… "), [
      "and",
      "so",
      "my",
      "fellow",
      "americans",
      "ask",
      "not",
    ]);
  });

  it("keeps a word with an apostrophe whole, straight or curled", () => {
    assert.deepEqual(normaliseWords("Don't don’t"), ["dont", "dont"]);
  });

  it("parts words at hyphens and dashes", () => {
    assert.deepEqual(normaliseWords("cold-hearted—selfish"), ["cold", "hearted", "selfish"]);
  });

  it("leaves numbers as they are written", () => {
    assert.deepEqual(normaliseWords("In 1961, twenty 3rd"), ["in", "1961", "twenty", "3rd"]);
  });

  it("takes a letter and its accent for what they are together", () => {
    assert.deepEqual(normaliseWords("CAFE\u0301"), normaliseWords("café"));
  });

  it("finds no words in silence", () => {
    assert.deepEqual(normaliseWords(" … \n"), []);
  });
});

describe("editDistance()", () => {
  it("is nothing between equals", () => {
    assert.equal(editDistance(["a", "b"], ["a", "b"]), 0);
    assert.equal(editDistance([], []), 0);
  });

  it("counts insertions, deletions and substitutions", () => {
    assert.equal(editDistance(["a", "b"], ["a", "x", "b"]), 1);
    assert.equal(editDistance(["a", "x", "b"], ["a", "b"]), 1);
    assert.equal(editDistance(["a", "b"], ["a", "c"]), 1);
    assert.equal(editDistance([], ["a", "b", "c"]), 3);
    assert.equal(editDistance(["a", "b", "c"], []), 3);
  });

  it("finds the fewest", () => {
    assert.equal(editDistance([..."kitten"], [..."sitting"]), 3);
    assert.equal(editDistance([..."saturday"], [..."sunday"]), 3);
  });
});

describe("wordErrorRate()", () => {
  it("is the errors a word that was said", () => {
    assert.equal(wordErrorRate("one two tree", "One, two, three, four."), 0.5);
  });

  it("goes above 1 when text is made up", () => {
    assert.equal(wordErrorRate("one two three", "one"), 2);
  });

  it("refuses a text without words", () => {
    assert.throws(() => wordErrorRate("one", "…"), RangeError);
  });
});

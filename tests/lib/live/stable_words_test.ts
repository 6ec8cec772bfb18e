import assert from "node:assert/strict";
import { type HeardWord, StableWords } from "../../../lib/live/stable_words.ts";
import { describe, it } from "../../harness.ts";

/** Words of half a second each, the first at `from`. */
function heard(text: string, from = 0): HeardWord[] {
  return (text.match(/\S+/g) ?? []).map((word, i) => ({
    word: ` ${word}`,
    tokens: [i],
    start: from + i / 2,
    end: from + (i + 1) / 2,
    probability: 1,
  }));
}

const text = (words: readonly HeardWord[]) => words.map(({ word }) => word).join("").trim();

describe("StableWords", () => {
  it("makes final what two hypotheses in a row agree on", () => {
    const words = new StableWords();
    words.hear(heard("he was not"), 0);
    assert.deepEqual([text(words.final), text(words.rest)], ["", "he was not"]);
    words.hear(heard("he was an old man"), 0);
    assert.deepEqual([text(words.final), text(words.rest)], ["he was", "an old man"]);
    words.hear(heard("an ill disposed man"), 0);
    assert.deepEqual([text(words.final), text(words.rest)], ["he was an", "ill disposed man"]);
  });

  it("never takes the last word for final: it may be cut off", () => {
    const words = new StableWords();
    words.hear(heard("he was"), 0);
    words.hear(heard("he was"), 0);
    assert.deepEqual([text(words.final), text(words.rest)], ["he", "was"]);
  });

  it("agrees whatever the case and the marks are, and takes the later ones", () => {
    const words = new StableWords();
    words.hear(heard("unless. Cold-hearted, men"), 0);
    words.hear(heard("Unless cold hearted and"), 0);
    assert.equal(text(words.final), "Unless");
    words.hear(heard("Coldhearted"), 0);
    words.hear(heard("cold-hearted men"), 0);
    assert.equal(text(words.final), "Unless cold-hearted");
  });

  it("tells marks from each other that stand alone", () => {
    const words = new StableWords();
    words.hear(heard("? he"), 0);
    words.hear(heard("! he was"), 0);
    assert.equal(text(words.final), "");
  });

  it("makes final what is old, even if it was heard otherwise before", () => {
    const words = new StableWords();
    words.hear(heard("a b c d"), 0);
    words.hear(heard("e f g h"), 1);
    assert.deepEqual([text(words.final), text(words.rest)], ["e f", "g h"]);
  });

  it("makes everything final at the end", () => {
    const words = new StableWords();
    words.hear(heard("he was not"), 0);
    words.hear(heard("he was not"), 0);
    assert.equal(text(words.end(heard("never so"))), "he was never so");
    assert.deepEqual(words.rest, []);
  });
});

import assert from "node:assert/strict";
import { unitsOfWords } from "../../../lib/alignment/match_words.ts";
import { countUnheard } from "../../../lib/alignment/unheard.ts";
import { plainWords } from "../../../lib/eval/evaluate.ts";
import { describe, it } from "../../harness.ts";

/** Words, each with its start; they last half a second, or until what is said. */
function count(seconds: number, ...said: (readonly [word: string, start: number, end?: number])[]): number[] {
  const timed = said.map(([, start, end = start + 0.5]) => ({ start, end }));
  return countUnheard(unitsOfWords(said.map(([word]) => word), plainWords), timed, seconds);
}

describe("countUnheard()", () => {
  it("counts what could be said before, between and after what was heard, beside a pause", () => {
    assert.deepEqual(count(12, ["a", 2], ["b", 2.5], ["c", 6]), [2, 0, 4, 9]);
    assert.deepEqual(count(2, ["a", 0.9], ["b", 1.4]), [0, 0, 0], "pauses");
    assert.deepEqual(count(5), [12]);
  });

  it("counts before a word of several parts, not between them", () => {
    assert.deepEqual(count(5.5, ["a", 0], ["well-kept", 4], ["b", 4.5]), [0, 6, 0, 0, 0]);
  });

  it("counts what a word lasts too long", () => {
    const [, before, after] = count(7.5, ["a", 0], ["b", 0.5, 6.9], ["c", 7]);
    assert.ok(before > 3 && after > 3, `${before}, ${after}`);
  });
});

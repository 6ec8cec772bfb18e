import assert from "node:assert/strict";
import { alignWords } from "../../../lib/eval/edit_alignment.ts";
import { describe, it } from "../../harness.ts";
import { seededUniform } from "../../seeded_random.ts";

/** What a pair costs: a blank takes the place of a word for half, and stands by itself for nothing. */
function costOf(word: string | undefined, other: string | "blank" | undefined): number {
  if (other === "blank") return word === undefined ? 0 : 0.5;
  return word === other ? 0 : 1;
}

/** By the definition. */
function slowDistance(a: readonly string[], b: readonly string[]): number {
  let row = [0];
  for (const other of b) row.push(row.at(-1)! + costOf(undefined, other));
  for (const word of a) {
    const above = row;
    row = [above[0] + 1];
    for (const [j, other] of b.entries()) {
      const both = above[j] + costOf(word, other), insertion = row[j] + costOf(undefined, other);
      row.push(Math.min(both, above[j + 1] + 1, insertion));
    }
  }
  return row[b.length];
}

function randomWords(random: () => number, length: number, kinds: number): string[] {
  return Array.from({ length }, () => String(Math.floor(random() * kinds)));
}

describe("alignWords()", () => {
  it("tells matches, substitutions, deletions and insertions", () => {
    assert.deepEqual(alignWords(["a", "b", "c", "d"], ["a", "x", "c", "y", "d"]), [
      { reference: 0, hypothesis: 0, isMatch: true },
      { reference: 1, hypothesis: 1, isMatch: false },
      { reference: 2, hypothesis: 2, isMatch: true },
      { reference: undefined, hypothesis: 3, isMatch: false },
      { reference: 3, hypothesis: 4, isMatch: true },
    ]);
    assert.deepEqual(alignWords(["a", "b"], ["b"])[0], {
      reference: 0,
      hypothesis: undefined,
      isMatch: false,
    });
  });

  it("never takes one word for another where that costs too much", () => {
    const pairs = alignWords(["a", "b"], ["a", "x"], { substitution: 2.5 });
    assert.equal(pairs.filter(({ reference, hypothesis }) => reference === 1 || hypothesis === 1).length, 2);
  });

  it("has every word once, in order, with the fewest edits, also where the table is halved", () => {
    const random = seededUniform(7);
    const length = () => Math.floor(random() * 30);
    for (let i = 0; i < 200; i++) {
      const a = randomWords(random, length(), 5), b = randomWords(random, length(), 5);
      // Halved again and again, down to one word beside some.
      const pairs = alignWords(a, b, { substitution: 1 }, 8);
      const places = (side: "reference" | "hypothesis") =>
        pairs.map((pair) => pair[side]).filter((place) => place !== undefined);
      assert.deepEqual(places("reference"), [...a.keys()], `${a} and ${b}`);
      assert.deepEqual(places("hypothesis"), [...b.keys()], `${a} and ${b}`);
      assert.equal(pairs.filter(({ isMatch }) => !isMatch).length, slowDistance(a, b), `${a} and ${b}`);
      for (const { reference, hypothesis, isMatch } of pairs) {
        const isSame = reference !== undefined && hypothesis !== undefined && a[reference] === b[hypothesis];
        assert.equal(isMatch, isSame, `${a} and ${b}`);
      }
    }
  });

  it("puts what was not heard beside blanks, where that is cheapest, also where the table is halved", () => {
    assert.deepEqual(alignWords(["a", "b", "c"], ["a", undefined, "c"]).map(({ hypothesis }) => hypothesis), [
      0,
      1,
      2,
    ]);
    assert.equal(alignWords(["a"], ["a", undefined])[0].isMatch, true);
    const random = seededUniform(11);
    for (let i = 0; i < 200; i++) {
      const a = randomWords(random, Math.floor(random() * 20), 5);
      const b = randomWords(random, Math.floor(random() * 20), 7).map((word) => word >= "5" ? "blank" : word);
      const heard = b.map((word) => word === "blank" ? undefined : word);
      for (const wholeTable of [8, undefined]) {
        const pairs = alignWords(a, heard, { substitution: 1 }, wholeTable);
        const cost = pairs.reduce((sum, { reference, hypothesis }) => {
          return sum + costOf(a[reference ?? -1], b[hypothesis ?? -1]);
        }, 0);
        assert.equal(cost, slowDistance(a, b), `${a} and ${b}`);
      }
    }
  });

  it("halves what is too large to keep", () => {
    const random = seededUniform(7);
    const a = randomWords(random, 1100, 400), b = randomWords(random, 1000, 400);
    assert.equal(alignWords(a, b).filter(({ isMatch }) => !isMatch).length, slowDistance(a, b));
  });

  it("finds the fewest edits", () => {
    const edits = (a: readonly string[], b: readonly string[]) =>
      alignWords(a, b).filter(({ isMatch }) => !isMatch).length;
    assert.equal(edits([], []), 0);
    assert.equal(edits([], ["a", "b"]), 2);
    assert.equal(edits([..."kitten"], [..."sitting"]), 3);
    const random = seededUniform(3);
    for (let i = 0; i < 200; i++) {
      const a = randomWords(random, Math.floor(random() * 12), 4),
        b = randomWords(random, Math.floor(random() * 12), 4);
      assert.equal(edits(a, b), slowDistance(a, b), `${a} and ${b}`);
    }
  });
});

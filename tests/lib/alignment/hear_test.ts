import assert from "node:assert/strict";
import type { Gap } from "../../../lib/alignment/gaps/gaps.ts";
import { hearAgain } from "../../../lib/alignment/hear.ts";
import { describe, it } from "../../harness.ts";

const said = (text: string) =>
  text.split(" ").map((word, start) => ({ word, start, end: start + 1, probability: 1 }));

const gap = (heardFirst: number, heardEnd: number): Gap => (
  { first: 0, end: 8, heardFirst, heardEnd, start: heardFirst, stop: heardEnd }
);

describe("hearAgain()", () => {
  it("puts what is heard this time in place of what was heard, in all gaps", async () => {
    const asked: Gap[] = [];
    const gaps = [gap(1, 2), gap(3, 3)];
    const again = await hearAgain(gaps, said("one what three six"), (part) => {
      asked.push(part);
      return Promise.resolve(said(part === gaps[0] ? "two and a half" : "four five"));
    });
    assert.equal(again.map(({ word }) => word).join(" "), "one two and a half three four five six");
    assert.deepEqual(asked.toReversed(), gaps);
  });

  it("keeps what was heard before, where no more is heard this time", async () => {
    const words = said("one two three");
    assert.deepEqual(await hearAgain([gap(0, 2)], words, () => Promise.resolve(said("no more"))), words);
  });
});

import assert from "node:assert/strict";
import type { Gap } from "../../../../lib/alignment/gaps/gaps.ts";
import { mayBeSpoken, placeGaps } from "../../../../lib/alignment/gaps/lost_text.ts";
import type { TextWord } from "../../../../lib/alignment/known_text.ts";
import { describe, it } from "../../../harness.ts";

/** Words of the text, of five letters each. */
const text = (count: number): TextWord[] =>
  Array.from({ length: count }, () => ({ word: " seven", tokens: [1], line: 0 }));

const said = (start: number, end: number) => ({ word: " said", start, end, probability: 1 });
const match = (place: number, start: number, end: number) => (
  { start, end, probability: 1, first: place, last: place }
);

/** Text between a word that ends at 1 s and one that starts at `stop`, with what was heard instead. */
function place(count: number, stop: number, heard: ReturnType<typeof said>[], misplaced: number[] = []) {
  const words = text(count + 2);
  const all = [said(0, 1), ...heard, said(stop, stop + 1)];
  const matches = [
    match(0, 0, 1),
    ...Array.from({ length: count }, () => undefined),
    match(1, stop, stop + 1),
  ];
  const [start, end] = heard.length === 0
    ? [1, stop]
    : [Math.max(1, heard[0].start - 1), Math.min(stop, heard[heard.length - 1].end + 1)];
  const gap: Gap = { first: 1, end: count + 1, heardFirst: 1, heardEnd: 1 + heard.length, start, stop: end };
  return placeGaps([gap], { words, heard: all, matches, misplaced: new Set(misplaced) }, stop + 1, 29);
}

describe("placeGaps()", () => {
  it("looks for text around what was heard instead, where it has the time to be spoken there", () => {
    const { gaps: [gap], lost } = place(4, 9, [said(2, 3), said(3, 4)]);
    assert.deepEqual([gap.start, gap.stop], [1, 5]);
    assert.deepEqual([place(4, 7, [said(2, 3), said(3, 4)]).lost, lost.length], [[], 1]);
  });

  it("looks for two sentences where two words were heard instead in all the time there is", () => {
    const { gaps: [gap], lost: [lost] } = place(30, 14, [said(9.2, 9.7), said(9.7, 10.4)]);
    assert.deepEqual([gap.start, gap.stop, lost.start, lost.stop], [1, 14, 1, 14]);
  });

  it("takes text for lost where speech was skipped before, between or after what was heard instead", () => {
    const isLost = (...heard: ReturnType<typeof said>[]) => place(3, 11, heard).lost.length === 1;
    assert.ok(!isLost(said(2, 3), said(6, 7.5)), "pauses of less than four seconds");
    assert.ok(isLost(said(5, 6), said(8, 9)));
    assert.ok(isLost(said(2, 3), said(7.5, 8)));
    assert.ok(isLost(said(2, 3), said(5, 6)));
    assert.ok(isLost());
  });

  it("counts no word heard at the wrong time, and none for longer than words last", () => {
    assert.equal(place(3, 11, [said(4, 5), said(8, 9)]).lost.length, 0);
    assert.equal(place(3, 11, [said(4, 5), said(8, 9)], [1]).lost.length, 1);
    assert.equal(place(3, 11, [said(3, 9)]).lost.length, 1);
  });

  it("takes no text for lost that nobody could say in its time, nor what is not in the text", () => {
    assert.deepEqual(place(90, 8, []).lost, []);
    assert.deepEqual(place(0, 20, [said(2, 3)]).lost, []);
  });

  it("takes what is longer than a window for lost", () => {
    const words = Array.from({ length: 16 }, (_, i) => said(2 + 2 * i, 3 + 2 * i));
    const { gaps: [gap], lost } = place(16, 36, words);
    assert.deepEqual([gap.start, gap.stop, lost.length], [1, 36, 1]);
  });
});

describe("mayBeSpoken()", () => {
  const gap = { first: 0, end: 8, heardFirst: 0, heardEnd: 0, start: 1, stop: 1.5 };

  it("lets words have the time to be spoken, with some of their neighbours'", () => {
    assert.ok(mayBeSpoken(gap, text(9)));
    assert.ok(!mayBeSpoken({ ...gap, end: 9 }, text(9)));
    assert.ok(!mayBeSpoken({ ...gap, end: 0 }, text(9)), "there are none");
  });
});

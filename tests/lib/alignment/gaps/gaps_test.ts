import assert from "node:assert/strict";
import { findGaps, layWindows, wholeGap, withoutMisplaced } from "../../../../lib/alignment/gaps/gaps.ts";
import { timesBeside, timesOfMisheard } from "../../../../lib/alignment/gaps/judge_gaps.ts";
import type { MatchedWord } from "../../../../lib/alignment/timed_words.ts";
import { describe, it } from "../../../harness.ts";

/** Words that were heard, a second each. */
const heard = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ word: " w", start: i, end: i + 1, probability: 1 }));

/** The match of a word of the text with the word heard at a place. */
const at = (place: number) => ({ start: place, end: place + 1, probability: 1, first: place, last: place });

describe("findGaps()", () => {
  it("finds what was not heard, and what was heard instead, with the time for both", () => {
    const gaps = findGaps([at(0), undefined, undefined, at(3), at(5), undefined], heard(6), 20);
    assert.deepEqual(gaps, [
      { first: 1, end: 3, heardFirst: 1, heardEnd: 3, start: 1, stop: 3 },
      { first: 4, end: 4, heardFirst: 4, heardEnd: 5, start: 4, stop: 5 },
      { first: 5, end: 6, heardFirst: 6, heardEnd: 6, start: 6, stop: 20 },
    ]);
  });

  it("reaches a second around what was heard, not through the silence beside it", () => {
    const words = [{ word: " a", start: 40, end: 41, probability: 1 }];
    assert.deepEqual(findGaps([undefined], words, 90).map(({ start, stop }) => [start, stop]), [[39, 42]]);
  });

  it("counts the words beside as no longer than words are, since they have the time of a skipped sentence", () => {
    const stretched = (place: number, start: number, end: number) => ({ ...at(place), start, end });
    const gapOf = (before: MatchedWord, after: MatchedWord) =>
      findGaps([before, undefined, after], heard(2), 20).map(({ start, stop }) => [start, stop]);
    assert.deepEqual(gapOf(stretched(0, 2, 12), stretched(1, 12, 12.5)), [[3.4, 12]]);
    assert.deepEqual(gapOf(stretched(0, 1.5, 2), stretched(1, 2, 11.4)), [[2, 10]]);
    assert.deepEqual(
      gapOf(stretched(0, 1, 2.3), stretched(1, 2.3, 3.6)),
      [[2.3, 2.3]],
      "as long as words are",
    );
  });
});

describe("wholeGap()", () => {
  it("has all the time between the matches, where what was heard instead is too short for the text", () => {
    const words = [0, 8, 20].map((start) => ({ word: " w", start, end: start + 1, probability: 1 }));
    const matches = [at(0), undefined, { ...at(2), start: 20, end: 21 }];
    const [gap] = findGaps(matches, words, 30);
    assert.deepEqual([gap.start, gap.stop], [7, 10]);
    assert.deepEqual(wholeGap(gap, matches, 30), { ...gap, start: 1, stop: 20 });
    assert.deepEqual(wholeGap({ ...gap, first: 0, end: 3 }, matches, 30), {
      ...{ ...gap, first: 0, end: 3 },
      ...{ start: 0, stop: 30 },
    });
  });
});

describe("withoutMisplaced()", () => {
  const long = (place: number, start: number, end: number) => ({ ...at(place), start, end });

  it("looks for the words before a stretched one with the sentence that was skipped before them", () => {
    // "He was" is heard where a sentence was skipped, and "not" from there to the next word.
    const matches = [at(0), undefined, long(1, 3, 3.6), long(2, 3.6, 4.2), long(3, 4.2, 8), long(4, 8, 8.5)];
    const { matches: settled, misplaced } = withoutMisplaced(matches);
    assert.deepEqual(settled, [matches[0], ...Array.from({ length: 4 }, () => undefined), matches[5]]);
    assert.deepEqual([...misplaced].sort(), [1, 2, 3]);
    const said = matches.flatMap((match) => match ? [{ word: " w", ...match }] : []);
    assert.deepEqual(findGaps(settled, said, 9, misplaced), [
      { first: 1, end: 5, heardFirst: 1, heardEnd: 4, start: 1, stop: 8 },
    ]);
  });

  it("looks for those after one with the sentence that was skipped after them", () => {
    const matches = [long(0, 0, 0.5), long(1, 0.5, 7), long(2, 7, 7.5), undefined, long(3, 7.5, 8)];
    assert.deepEqual([...withoutMisplaced(matches).misplaced].sort(), [1, 2]);
  });

  it("leaves a stretched word beside what was skipped, which gives its time, and those far from any", () => {
    const matches = [undefined, long(0, 0, 5), ...[5, 6, 7].map((i) => at(i)), long(8, 8, 12), at(12)];
    assert.deepEqual(withoutMisplaced(matches), { matches, misplaced: new Set() });
  });

  it("looks for words that were heard in no time, which a transcription caught in a loop gives", () => {
    const matches = [
      at(0),
      at(1),
      ...[2, 3, 4].map((place) => long(place, 2, 2.04)),
      at(5),
      long(6, 6, 6),
      long(7, 6, 6.05),
    ];
    const { matches: settled, misplaced } = withoutMisplaced(matches);
    assert.deepEqual([...misplaced], [2, 3, 4]);
    assert.deepEqual(
      settled.map((match) => match?.first),
      [0, 1, undefined, undefined, undefined, 5, 6, 7],
      "two may be short",
    );
  });

  it("looks for the words between those and a stretched one with them", () => {
    const matches = [
      at(0),
      long(1, 1, 4),
      long(2, 4, 4.5),
      ...[3, 4, 5].map((place) => long(place, 4.5, 4.5)),
    ];
    assert.deepEqual([...withoutMisplaced(matches).misplaced].sort(), [1, 2, 3, 4, 5]);
  });
});

describe("timesBeside()", () => {
  const [gap] = findGaps([at(0), undefined, at(1)], heard(2), 20);
  const time = (start: number, end: number) => ({ start, end, probability: 1 });

  it("gives stretched words what was found for them with the words they had swallowed", () => {
    const found = new Map([[0, { ...time(2.2, 2.5), probability: 0 }], [1, time(2.5, 11)]]);
    const beside = timesBeside(gap, [time(2, 12), undefined, time(12, 12.5)], found);
    assert.deepEqual([...beside], [[0, time(2.2, 2.5)]]);
  });

  it("takes the gap from those that were not looked for with it", () => {
    const beside = timesBeside(gap, [time(2, 6), undefined, time(6, 11.4)], new Map());
    assert.deepEqual([...beside], [[0, time(2, 3.4)], [2, time(10, 11.4)]]);
  });
});

describe("timesOfMisheard()", () => {
  const gap = { first: 1, end: 2, heardFirst: 1, heardEnd: 2, start: 1, stop: 2 };
  const forced = new Map([[1, { start: 1.2, end: 1.9, probability: 0.1 }]]);

  it("gives a word the time of the one that was heard for it", () => {
    assert.deepEqual([...timesOfMisheard(gap, forced, heard(3))], [
      [1, { start: 1, end: 2, probability: 0.1 }],
    ]);
  });

  it("leaves words to the attention where others were heard than one for one, or one has the time of more", () => {
    assert.equal(timesOfMisheard({ ...gap, heardEnd: 3 }, forced, heard(3)), forced);
    assert.equal(timesOfMisheard({ ...gap, end: 3 }, forced, heard(3)), forced, "one is not spoken");
    const long = heard(3).map((word, i) => i === 1 ? { ...word, end: 3 } : word);
    assert.equal(timesOfMisheard(gap, forced, long), forced);
  });
});

describe("layWindows()", () => {
  const matches = Array.from({ length: 60 }, (_, i) => [20, 25, 50].includes(i) ? undefined : at(i));
  const gaps = findGaps(matches, heard(60), 60);

  it("takes gaps together that fit a window, with words on either side", () => {
    const windows = layWindows(gaps, matches, 29);
    assert.deepEqual(windows.map(({ gaps, first, end }) => [gaps.map((gap) => gap.first), first, end]), [
      [[20, 25], 16, 30],
      [[50], 46, 55],
    ]);
    for (const { first, end, start, stop } of windows) assert.deepEqual([start, stop], [first, end]);
  });

  it("makes no window longer than one, and none over what is not in the text", () => {
    for (const { start, stop } of layWindows(gaps, matches, 7)) assert.ok(stop - start <= 7);
    assert.deepEqual(layWindows(gaps, matches, 7).map(({ gaps }) => gaps.length), [2, 1]);
    const skipping = Array.from(
      { length: 6 },
      (_, i) => i === 1 || i === 4 ? undefined : at(i < 3 ? i : i + 2),
    );
    const windows = layWindows(
      findGaps(skipping, heard(8), 8).filter(({ first, end }) => first < end),
      skipping,
      29,
    );
    assert.deepEqual(windows.map(({ first, end }) => [first, end]), [[0, 3], [3, 6]]);
  });

  it("leaves out a gap that is longer than a window", () => {
    assert.deepEqual(layWindows([{ ...gaps[0], start: 0, stop: 40 }], matches, 29), []);
  });
});

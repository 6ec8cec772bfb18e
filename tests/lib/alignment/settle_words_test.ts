import assert from "node:assert/strict";
import { opensSentence, settleWords } from "../../../lib/alignment/settle_words.ts";
import { describe, it } from "../../harness.ts";

type Times = readonly (readonly [start: number, end: number] | undefined)[];

function settle(times: Times, ...pauses: readonly (readonly [start: number, end: number])[]) {
  const words = times.map((time) => time && { start: time[0], end: time[1], probability: 1 });
  return settleWords(words, pauses.map(([start, end]) => ({ start, end })))
    .map((time) => time && [time.start, time.end]);
}

describe("settleWords()", () => {
  it("lets the word after a pause begin with the sound, heard too early or too late", () => {
    assert.deepEqual(settle([[0, 1], [1.6, 2.4]], [1, 2]), [[0, 1], [2, 2.4]]);
    assert.deepEqual(settle([[0, 1], [2.1, 2.4]], [1, 2]), [[0, 1], [2, 2.4]]);
    assert.deepEqual(settle([[0, 0.4]], [0, 0.25]), [[0.25, 0.4]]);
  });

  it("lets the word before a pause end with the sound", () => {
    assert.deepEqual(settle([[0.6, 1.3], [2, 2.4]], [1, 2]), [[0.6, 1], [2, 2.4]]);
    assert.deepEqual(settle([[0.2, 0.7], undefined, [2, 2.4]], [1, 2]), [[0.2, 1], undefined, [2, 2.4]]);
  });

  it("takes a word that lasts through a pause for the one after it", () => {
    assert.deepEqual(settle([[0, 0.9], [0.9, 2.1], [2.1, 2.5]], [1, 2]), [[0, 1], [2, 2.1], [2.1, 2.5]]);
  });

  it("leaves some of a word", () => {
    assert.deepEqual(settle([[0, 1], [1.6, 1.9]], [1, 2]), [[0, 1], [1.9 - 0.06, 1.9]]);
    assert.deepEqual(settle([[1.2, 1.4], [2, 2.4]], [1, 2]), [[1.2, 1.2 + 0.06], [2, 2.4]]);
  });

  it("stretches no word over one that the text does not have", () => {
    const times = [{ start: 0.2, end: 0.7, probability: 1 }];
    assert.equal(settleWords(times, [{ start: 1, end: 2 }])[0]?.end, 1);
    assert.deepEqual(settleWords(times, [{ start: 1, end: 2 }], [{ start: 0.7, end: 1 }]), times);
  });

  it("leaves words alone that are not beside a pause, or go on through it", () => {
    const times = [[0, 0.5], [0.5, 2.2], [2.5, 2.9]] as const;
    assert.deepEqual(settle(times, [1, 1.4]), times);
    assert.deepEqual(settle(times), times);
    assert.deepEqual(settle([undefined], [1, 2]), [undefined]);
  });

  it("lets a word begin that far before its time that it lacks of what words last", () => {
    const times = [{ start: 2.5, end: 2.5, probability: 1 }, { start: 2.5, end: 2.9, probability: 1 }];
    const startOf = (usual: readonly number[]) =>
      settleWords(times, [{ start: 1, end: 2 }], [], usual)[0]!.start;
    assert.equal(startOf([0.4, 0.4]), 2);
    assert.equal(startOf([0.2, 0.4]), 2.5, "something else sounds before it");
    assert.equal(startOf([0.2, 0.6]), 2, "the words after it lack more");
    assert.equal(
      settleWords(times.slice(1), [{ start: 1, end: 2 }], [], [0.4])[0]!.start,
      2.5,
      "it lacks nothing",
    );
  });

  it("takes the first word of a sentence that goes on through a pause for one behind it, however early it is heard", () => {
    const times = [[0, 0.5], [0.5, 2.1], [2.1, 2.5]].map(([start, end]) => ({ start, end, probability: 1 }));
    const startOf = (opens: readonly boolean[], pause = { start: 1, end: 2 }) =>
      settleWords(times, [pause], [], [], opens)[1]!.start;
    assert.equal(startOf([false, true, false]), 2);
    assert.equal(startOf([]), 0.5);
    assert.equal(startOf([false, true, false], { start: 1, end: 2.2 }), 0.5, "it ends in the pause");
  });
});

describe("opensSentence()", () => {
  it("expects a pause before the first word of a sentence or line, unless a mark asks for one behind it", () => {
    const words = [" He", " was.", " Well,", " so", " it", " is"].map((word, i) => ({
      word,
      tokens: [],
      line: i < 4 ? 0 : 1,
    }));
    assert.deepEqual(opensSentence(words), [true, false, false, false, true, false]);
  });
});

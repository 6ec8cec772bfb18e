import assert from "node:assert/strict";
import { fitsDecoder } from "../../../../lib/alignment/gaps/force_words.ts";
import { speechAround, speechBeside } from "../../../../lib/alignment/gaps/speech_beside.ts";
import type { EncoderDecoder } from "../../../../lib/model/types.ts";
import { describe, it } from "../../../harness.ts";

const heard = Array.from({ length: 9 }, (_, i) => ({ word: ` w${i}`, start: i, end: i + 1, probability: 1 }));
/** Words 1 and 2 of the text were not heard, and words 2 to 6 heard instead. */
const gap = { first: 1, end: 3, heardFirst: 2, heardEnd: 7, start: 2, stop: 7 };

/** Times of words 0 to 3, of which word 2 lasts so long. */
function found(seconds: number) {
  const ends = [2, 2.4, 2.4 + seconds, 3 + seconds];
  return new Map(ends.map((end, i) => [i, { start: ends[i - 1] ?? 1.5, end, probability: 1 }]));
}

describe("speechBeside()", () => {
  it("takes what was heard for speech beside the text where a word of it would last as long", () => {
    assert.deepEqual(speechBeside(gap, found(4), heard, new Set()), { heardFirst: 2, heardEnd: 7 });
    assert.equal(speechBeside(gap, found(0.5), heard, new Set()), undefined);
  });

  it("leaves out words of the text that were heard at the wrong time", () => {
    assert.deepEqual(speechBeside(gap, found(4), heard, new Set([5, 6])), { heardFirst: 2, heardEnd: 5 });
    assert.equal(speechBeside(gap, found(4), heard, new Set([4, 5, 6])), undefined, "two are no sentence");
  });

  it("does not look at long words outside of the gap, nor at what is no word", () => {
    assert.equal(speechBeside({ ...gap, end: 2 }, found(4), heard, new Set()), undefined);
    const marks = heard.map((word) => ({ ...word, word: " ..." }));
    assert.equal(speechBeside(gap, found(4), marks, new Set()), undefined);
  });
});

describe("speechAround()", () => {
  const around = (start: number, end: number) =>
    speechAround(gap, [{ start, end: start + 0.1, probability: 1 }, {
      start: end - 0.1,
      end,
      probability: 1,
    }], heard);

  it("gives what was heard before the words of a gap, and after them", () => {
    assert.deepEqual(around(2.1, 2.9), [{ heardFirst: 3, heardEnd: 7 }]);
    assert.deepEqual(around(6.1, 6.9), [{ heardFirst: 2, heardEnd: 6 }]);
  });

  it("takes one or two words for misheard, and none that are heard while those are spoken", () => {
    assert.deepEqual(around(4.1, 4.9), []);
    assert.deepEqual(around(2.6, 6.4), []);
  });
});

describe("fitsDecoder()", () => {
  it("counts the tokens of all words, and leaves room for those around them", () => {
    const model = { dims: { nTextCtx: 448 } } as EncoderDecoder;
    const words = (count: number) =>
      Array.from({ length: count }, () => ({ word: "", tokens: [1, 2], line: 0 }));
    assert.deepEqual([220, 221].map((count) => fitsDecoder(words(count), model)), [true, false]);
  });
});

import assert from "node:assert/strict";
import { alignedSegments } from "../../../lib/alignment/aligned_segments.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../harness.ts";
import { MULTILINGUAL } from "../model/families.ts";

const tokenizer = await loadTokenizer(MULTILINGUAL, { language: "en" });
const said = (word: string, start: number, end: number) => ({ word, start, end, probability: 0.5 });

describe("alignedSegments()", () => {
  it("makes a segment of each line, also of one that is not spoken, with its own lines as one", async () => {
    const lines = ["He was\nlate.", "She went.", "Yes."];
    const words = [" He", " was", "\nlate.", " She", " went.", " Yes."].map((word, i) => ({
      word,
      tokens: [i],
      line: [0, 0, 0, 1, 1, 2][i],
    }));
    const time = (start: number, end: number) => ({ start, end, probability: 0.8 });
    const times = [time(1, 1.5), undefined, time(2, 2.6), undefined, undefined, time(2.5, 3)];
    const { segments, text } = await alignedSegments({
      lines,
      words,
      times,
      heard: [],
      extra: [],
      language: "en",
      tokenizer,
    });
    assert.equal(text, " He was late. She went. Yes.");
    assert.deepEqual(segments.map(({ id, start, end, spoken, tokens }) => [id, start, end, spoken, tokens]), [
      [0, 1, 2.5, true, [0, 1, 2]],
      [1, 2.5, 2.5, false, [3, 4]],
      [2, 2.5, 3, true, [5]],
    ]);
    assert.deepEqual(segments[0].words.map(({ word, start, end, spoken }) => [word, start, end, spoken]), [
      [" He", 1, 1.5, true],
      [" was", 1.5, 1.5, false],
      ["\nlate.", 2, 2.5, true],
    ]);
    assert.deepEqual(segments.map(({ confidence }) => confidence.toFixed(2)), ["0.53", "0.00", "0.80"]);
  });

  it("tells what is spoken besides, in order, and not what has no time to be", async () => {
    const heard = [said(" Oh", 5, 5.2), said(" well.", 5.2, 6), said(" Hm.", 1, 1.4), said(" Q.", 7, 7.02)];
    const extra = [[0, 2], [2, 3], [3, 4]].map(([heardFirst, heardEnd]) => ({ heardFirst, heardEnd }));
    const { extraSpeech } = await alignedSegments({
      lines: [],
      words: [],
      times: [],
      heard,
      extra,
      language: "en",
      tokenizer,
    });
    assert.deepEqual(extraSpeech, [
      { start: 1, end: 1.4, text: " Hm.", probability: 0.5 },
      { start: 5, end: 6, text: " Oh well.", probability: 0.5 },
    ]);
  });
});

import assert from "node:assert/strict";
import type { Segment, Transcription } from "../../../../mod.ts";
import { mergeParts } from "../../../../lib/queue/parts/merge_parts.ts";
import { describe, it } from "../../../harness.ts";

function segment(fields: Partial<Segment>): Segment {
  const scores = { temperature: 0, avgLogprob: -0.1, compressionRatio: 1, noSpeechProb: 0 };
  return { id: 0, seek: 0, start: 0, end: 1, text: " a", tokens: [1], ...scores, ...fields };
}

function part(index: number, start: number, transcription: Partial<Transcription>, count = 2) {
  return {
    window: { index, count, start, end: start + 300 },
    transcription: { text: "", segments: [], language: "en", ...transcription },
  };
}

describe("mergeParts()", () => {
  it("numbers segments through, and gives all times from the start of the recording", () => {
    const word = { word: " b", start: 0.1, end: 0.28, probability: 1 };
    const merged = mergeParts([
      part(1, 300.07, {
        text: " b c",
        segments: [
          segment({ text: " b", start: 0.1, end: 2.2, words: [word] }),
          segment({ id: 1, text: " c", seek: 3000, start: 30.3, end: 31 }),
        ],
      }),
      part(0, 0, { text: " a", segments: [segment({ end: 5.359999999 })], language: "de" }),
    ]);
    assert.equal(merged.text, " a b c");
    assert.equal(merged.language, "de");
    assert.deepEqual(merged.segments.map(({ id, seek, start, end }) => [id, seek, start, end]), [
      [0, 0, 0, 5.359999999],
      [1, 30007, 300.17, 302.27],
      [2, 33007, 330.37, 331.07],
    ]);
    assert.deepEqual(merged.segments[1].words, [{ ...word, start: 300.17, end: 300.35 }]);
    assert(!("words" in merged.segments[0]) && !("windows" in merged) && !("silences" in merged));
  });

  it("joins the silence that a cut lies in", () => {
    const { silences } = mergeParts([
      part(0, 0, { silences: [{ start: 1, end: 2 }, { start: 290, end: 300 }] }),
      part(1, 300, { silences: [{ start: 0, end: 4.5 }] }),
    ]);
    assert.deepEqual(silences, [{ start: 1, end: 2 }, { start: 290, end: 304.5 }]);
  });

  it("refuses parts of which one is missing or there twice", () => {
    assert.throws(() => mergeParts([]), RangeError);
    assert.throws(() => mergeParts([part(0, 0, {})]), /found 1 of 2, wanted each/);
    assert.throws(() => mergeParts([part(0, 0, {}), part(0, 0, {})]), RangeError);
    assert.throws(() => mergeParts([part(0, 0, {}, 3), part(1, 0, {}, 3)]), RangeError);
  });
});

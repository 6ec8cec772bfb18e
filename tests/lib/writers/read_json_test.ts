import assert from "node:assert/strict";
import { toJson } from "../../../lib/writers/format_transcription.ts";
import { readJson } from "../../../lib/writers/read_json.ts";
import { describe, it } from "../../harness.ts";
import { RESULT } from "./report/report_fixture.ts";

describe("readJson()", () => {
  it("reads what was written", () => {
    const extraSpeech = [{ start: 0, end: 1, text: ' "Well": NaN, ', probability: 0.5 }];
    const [first, second] = RESULT.segments;
    const words = second.words!.map((word) => ({
      ...word,
      word: word.word.toWellFormed(),
      confidence: 0.25,
      spoken: false,
    }));
    const segments = [first, { ...second, text: "\u00e9", words, spoken: false }];
    const written = { text: " All.", language: "de", segments, extraSpeech };
    assert.deepEqual(readJson(toJson(written)), written);
  });

  it("reads numbers that are none as unknown", () => {
    const segments = [{ ...RESULT.segments[0], avgLogprob: NaN, compressionRatio: -Infinity }];
    const [read] = readJson(toJson({ ...RESULT, segments })).segments;
    assert.deepEqual([read.avgLogprob, read.compressionRatio], [NaN, NaN]);
  });

  it("refuses what is no transcription", () => {
    for (const text of ["", "[]", "null", '{"segments": 1}', '{"segments": [{"text": "a"}]}']) {
      assert.throws(() => readJson(text), { code: "INVALID_INPUT" }, text);
    }
  });
});

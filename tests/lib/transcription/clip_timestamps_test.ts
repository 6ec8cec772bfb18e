import assert from "node:assert/strict";
import { clipRanges } from "../../../lib/transcription/clip_timestamps.ts";
import { describe, it } from "../../harness.ts";

describe("clipRanges()", () => {
  it("pairs the times up in frames, halves rounded to even", () => {
    assert.deepEqual(clipRanges([1.005, 2.5, 0.015, 1], 1000), [{ start: 100, end: 250 }, {
      start: 2,
      end: 100,
    }]);
  });

  it("lets the last clip run to the end of the audio", () => {
    assert.deepEqual(clipRanges([], 1000), [{ start: 0, end: 1000 }]);
    assert.deepEqual(clipRanges([1, 2, 3], 1000), [{ start: 100, end: 200 }, { start: 300, end: 1000 }]);
  });

  it("ends a clip with the audio, and drops what is empty", () => {
    assert.deepEqual(clipRanges([9, 20], 1000), [{ start: 900, end: 1000 }]);
    assert.deepEqual(clipRanges([10, 20, 3, 3, 5, 4], 1000), []);
    assert.deepEqual(clipRanges([0], 0), []);
  });
});

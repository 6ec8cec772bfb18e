import assert from "node:assert/strict";
import { clipRanges, ClipWarnings, clipWarnings } from "../../../lib/transcription/clip_timestamps.ts";
import { describe, it } from "../../harness.ts";

describe("clipRanges()", () => {
  it("pairs the times up in frames, halves rounded to even", () => {
    assert.deepEqual(clipRanges([1.005, 2.5, 0.015, 1]), [{ start: 100, end: 250 }, {
      start: 2,
      end: 100,
    }]);
  });

  it("lets the last clip run to the end of the audio", () => {
    assert.deepEqual(clipRanges([]), [{ start: 0, end: Infinity }]);
    assert.deepEqual(clipRanges([1, 2, 3]), [{ start: 100, end: 200 }, { start: 300, end: Infinity }]);
  });

  it("drops what is empty", () => {
    assert.deepEqual(clipRanges([9, 20]), [{ start: 900, end: 2000 }]);
    assert.deepEqual(clipRanges([3, 3, 5, 4]), []);
  });
});

describe("clipWarnings()", () => {
  it("says which part is left out and why", () => {
    assert.deepEqual(clipWarnings([40, 50, 20, 10, 30], 2700), [
      "The part from 40 s to 50 s is left out: it begins after the end of the audio, 27 s long",
      "The part from 20 s to 10 s is left out: it ends before it begins",
      "The part from 30 s on is left out: it begins after the end of the audio, 27 s long",
    ]);
  });

  it("says so of a part without length", () => {
    for (const end of [3, 3.004]) {
      const message = `The part from 3 s to ${end} s is left out: it is shorter than a hundredth of a second`;
      assert.deepEqual(clipWarnings([3, end], 2700), [message]);
    }
  });

  it("says so of a part that begins where the audio ends", () => {
    for (const [start, frames] of [[27, 2700], [0.5, 50], [0.5, 0]]) {
      assert.equal(clipWarnings([start], frames).length, 1, `${start} s of ${frames} frames`);
    }
  });

  it("says nothing of parts of which something is left, nor of the whole", () => {
    for (const seconds of [[], [0], [0, 60], [26.9, 60], [5, 5.02]]) {
      assert.deepEqual(clipWarnings(seconds, 2700), []);
    }
    assert.deepEqual(clipWarnings([0], 0), []);
  });
});

describe("ClipWarnings", () => {
  it("warns once, when the length of the recording is known", () => {
    const warnings: string[] = [];
    const clips = new ClipWarnings([20, 10], (message) => warnings.push(message));
    clips.warn(undefined);
    assert.deepEqual(warnings, []);
    clips.warn(2700);
    clips.warn(2700);
    assert.equal(warnings.length, 1);
  });
});

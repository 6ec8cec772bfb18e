import assert from "node:assert/strict";
import { withReadingTime } from "../../../lib/writers/reading_time.ts";
import type { SubtitleOptions } from "../../../lib/writers/subtitle_options.ts";
import type { Cue } from "../../../lib/writers/cue.ts";
import { describe, it } from "../../harness.ts";

type Times = readonly [start: number, end: number];

/** When cues go that come and go so, each of twenty characters. */
function ends(times: readonly Times[], options: SubtitleOptions): number[] {
  const cues = times.map(([start, end]): Cue => ({ start, end, text: "twenty characters ok" }));
  return [...withReadingTime(cues, options)].map(({ end }) => end);
}

describe("withReadingTime()", () => {
  it("lets a cue stay until it is read, but not into the next", () => {
    assert.deepEqual(ends([[10, 11], [20, 21]], { maxCharsPerSecond: 10 }), [12, 22]);
    assert.deepEqual(ends([[10, 11], [11.5, 14]], { maxCharsPerSecond: 10 }), [11.5, 14]);
  });

  it("does not count marks, which are not read", () => {
    const word = (word: string, start: number) => ({ word, start, end: start + 0.5, probability: 1 });
    const words = [word("twenty", 10), word(" characters", 10.5), word(" ok", 11)];
    const cue = { start: 10, end: 11, text: "<v Ada>twenty characters ok</v>", words };
    const [{ end }] = withReadingTime([cue], { maxCharsPerSecond: 10 });
    assert.equal(end, 12);
  });

  it("leaves a pause before the next, if need be from the second half of a cue", () => {
    assert.deepEqual(ends([[10, 12], [12, 13]], { minGap: 0.5 }), [11.5, 13]);
    assert.deepEqual(ends([[10, 11.5], [12, 13]], { minGap: 0.25 }), [11.5, 13], "there is one");
    assert.deepEqual(ends([[10, 12], [12, 13]], { minGap: 1.5 }), [11, 13]);
  });

  it("does not shorten what comes with the next cue, or after it", () => {
    assert.deepEqual(ends([[10, 12], [10, 13]], { minGap: 0.5 }), [12, 13]);
    assert.deepEqual(ends([[10, 12], [9, 13]], { minGap: 0.5 }), [12, 13]);
  });

  it("leaves cues as they are where nothing is asked for, and those in which words light up", () => {
    const overlapping: readonly Times[] = [[10, 12], [11, 13]];
    assert.deepEqual(ends(overlapping, {}), [12, 13]);
    assert.deepEqual(ends(overlapping, { highlightWords: true, maxCharsPerSecond: 5, minGap: 1 }), [12, 13]);
    assert.deepEqual(ends(overlapping, { maxCharsPerSecond: 100 }), [11, 13], "they are changed where it is");
  });
});

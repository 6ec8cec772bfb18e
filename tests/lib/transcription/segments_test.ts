import assert from "node:assert/strict";
import {
  isEmptySegment,
  type Segment,
  splitWindow,
  withinRecording,
} from "../../../lib/transcription/segments.ts";
import { describe, it } from "../../harness.ts";
import { ENGLISH } from "../model/families.ts";
import type { Window } from "../../../lib/transcription/windows/window_encoder.ts";

const EOT = 100;
const SCORES = { temperature: 0.2, avgLogprob: -0.3, compressionRatio: 1.2, noSpeechProb: 0.05 };
const vocabulary = {
  timestampBegin: 200,
  isTimestamp: (token: number) => token >= 200,
  isText: (token: number) => token < EOT,
  decode: (tokens: Iterable<number>) => [...tokens].map((token) => ` ${token}`).join(""),
};

/** The token of a time in seconds. */
function at(seconds: number): number {
  return 200 + Math.round(seconds * 50);
}

function split(tokens: number[], window: Window = { seek: 1000, size: 3000 }) {
  const { segments, ...rest } = splitWindow({ ...window, tokens, scores: SCORES }, vocabulary, ENGLISH);
  return { ...rest, segments, times: segments.map(({ start, end, text }) => [start, end, text]) };
}

describe("splitWindow()", () => {
  it("cuts at pairs of timestamps and starts the next window with the open segment", () => {
    const result = split([at(0), 1, 2, at(2), at(2.5), 3, at(5), at(5), 4, 5]);
    assert.deepEqual(result.times, [[10, 12, " 1 2"], [12.5, 15, " 3"]]);
    assert.deepEqual(result.segments.map(({ tokens }) => tokens), [[at(0), 1, 2, at(2)], [
      at(2.5),
      3,
      at(5),
    ]]);
    assert.equal(result.nextSeek, 1000 + 500);
    assert.equal(result.singleTimestampEnding, false);
    assert.deepEqual(result.unfinished, [at(5), 4, 5]);
  });

  it("keeps the last segment and goes on after the window when a single timestamp ends it", () => {
    const result = split([at(0), 1, at(2), at(2), 3, at(5)], { seek: 1000, size: 700 });
    assert.deepEqual(result.times, [[10, 12, " 1"], [12, 15, " 3"]]);
    assert.equal(result.nextSeek, 1700);
    assert.equal(result.singleTimestampEnding, true);
    assert.deepEqual(result.unfinished, []);
  });

  it("keeps what is open at the end of a closed window, and goes on after it", () => {
    const closed = { seek: 1000, size: 700, isClosed: true };
    const result = split([at(0), 1, at(2), at(2.5), 3], closed);
    assert.deepEqual(result.times, [[10, 12, " 1"], [12.5, 17, " 3"]]);
    assert.deepEqual([result.nextSeek, result.unfinished], [1700, []]);
    // The model says that more is spoken and does not write it.
    const more = split([at(0), 1, at(2), at(2)], closed);
    assert.deepEqual([more.times, more.nextSeek, more.singleTimestampEnding], [
      [[10, 12, " 1"]],
      1200,
      false,
    ]);
    // Half a second is heard again, less is not.
    assert.equal(split([at(0), 1, at(6.5), at(6.5)], closed).nextSeek, 1650);
    assert.equal(split([at(0), 1, at(6.6), at(6.6)], closed).nextSeek, 1700);
    assert.equal(split([at(0), 1, 2], closed).singleTimestampEnding, true);
  });

  it("takes the first two tokens for a pair too, and one timestamp alone for no end of text", () => {
    assert.deepEqual(split([at(0), at(0), 1, at(2)]).times, [[10, 10, ""], [10, 12, " 1"]]);
    assert.equal(split([at(2)]).singleTimestampEnding, false);
    assert.equal(split([1, at(2)]).singleTimestampEnding, true);
  });

  it("goes on at the last timestamp when a pair ends the tokens", () => {
    const result = split([at(0), 1, at(2), at(2)]);
    assert.deepEqual(result.times, [[10, 12, " 1"]]);
    assert.equal(result.nextSeek, 1200);
    assert.equal(result.singleTimestampEnding, false);
  });

  it("makes one segment of tokens without a pair, as long as the last timestamp says", () => {
    assert.deepEqual(split([at(0), 1, 2, at(4)]).times, [[10, 14, " 1 2"]]);
    assert.equal(split([at(0), 1, 2, at(4)]).nextSeek, 4000);
    assert.equal(split([at(0), 1, 2, at(4)]).singleTimestampEnding, true);
    assert.deepEqual(split([at(1), 1, 2]).times, [[10, 11, " 1 2"]]);
  });

  it("makes that segment as long as the audio of the window without a timestamp, or with 0.00 only", () => {
    for (const tokens of [[1, 2], [at(0), 1, 2]]) {
      const result = split(tokens, { seek: 1000, size: 734 });
      assert.deepEqual(result.times, [[10, 17.34, " 1 2"]]);
      assert.equal(result.nextSeek, 1734);
      assert.equal(result.singleTimestampEnding, false);
    }
    assert.deepEqual(split([]).times, [[10, 40, ""]]);
  });

  it("gives a segment all its members, in the order of openai/whisper, and text without special tokens", () => {
    const [segment] = split([at(0), 1, EOT + 5, at(2)]).segments;
    assert.deepEqual(Object.entries(segment), [
      ["id", 0],
      ["seek", 1000],
      ["start", 10],
      ["end", 12],
      ["text", " 1"],
      ["tokens", [at(0), 1, EOT + 5, at(2)]],
      ["temperature", 0.2],
      ["avgLogprob", -0.3],
      ["compressionRatio", 1.2],
      ["noSpeechProb", 0.05],
    ]);
  });
});

describe("isEmptySegment()", () => {
  it("holds for no text and for no duration", () => {
    const segment: Segment = split([at(0), 1, at(2)]).segments[0];
    assert.equal(isEmptySegment(segment), false);
    assert.equal(isEmptySegment({ ...segment, text: " \n" }), true);
    assert.equal(isEmptySegment({ ...segment, end: segment.start }), true);
  });
});

describe("withinRecording()", () => {
  it("moves what lies after the end to it, and changes nothing else", () => {
    const [segment] = split([at(0), 1, at(9)]).segments;
    const [early, late, after] = [[10, 11], [11.5, 14], [14, 19]].map(([start, end]) => ({
      word: " a",
      start,
      end,
      probability: 1,
    }));
    const found = withinRecording({ ...segment, words: [early, late, after] }, 12.5);
    assert.deepEqual(found, {
      ...segment,
      end: 12.5,
      words: [early, { ...late, end: 12.5 }, { ...after, start: 12.5, end: 12.5 }],
    });
    assert.deepEqual(withinRecording(segment, 30), segment);
  });
});

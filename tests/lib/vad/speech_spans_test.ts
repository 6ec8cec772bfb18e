import assert from "node:assert/strict";
import { padSpans, type SpanSettings, speechSpans } from "../../../lib/vad/speech_spans.ts";
import { describe, it } from "../../harness.ts";

const FRAME = 0.032;

/** Probabilities by letters: S speech, m between the thresholds, . silence. */
function heard(pattern: string): number[] {
  return [...pattern].map((letter) => ({ S: 0.9, m: 0.4, ".": 0.1 })[letter] ?? Number(letter) / 10);
}

function spans(pattern: string, settings: Partial<SpanSettings> = {}): [number, number][] {
  return speechSpans(heard(pattern), {
    threshold: 0.5,
    negThreshold: 0.35,
    minSpeechDuration: 0,
    minSilenceDuration: 2 * FRAME,
    maxSpeechDuration: Infinity,
    ...settings,
  }, FRAME).map(({ start, end }) => [start, end]);
}

describe("speechSpans()", () => {
  it("begins speech at one threshold, and ends it below the other", () => {
    assert.deepEqual(spans("..mSSmm..mm.."), [[3, 7]]);
    assert.deepEqual(spans("mm.mm"), []);
    assert.deepEqual(spans("..55.."), [[2, 4]], "at the very threshold");
    assert.deepEqual(spans("S44..", { negThreshold: 0.4 }), [[0, 3]], "not below it");
    assert.deepEqual(spans(""), []);
  });

  it("hears speech that goes on to the end", () => {
    assert.deepEqual(spans("..SS"), [[2, 4]]);
    assert.deepEqual(spans("..SSm"), [[2, 5]]);
  });

  it("joins over silences shorter than the least, and ends at others", () => {
    assert.deepEqual(spans("SS.SS..SS"), [[0, 5], [7, 9]]);
    assert.deepEqual(spans("SS.SS..SS", { minSilenceDuration: 0 }), [[0, 2], [3, 5], [7, 9]]);
    assert.deepEqual(spans("SS.SS..SS", { minSilenceDuration: 3 * FRAME }), [[0, 9]]);
  });

  it("leaves out speech shorter than the least, and counts only what is spoken", () => {
    assert.deepEqual(spans("SSS...SS", { minSpeechDuration: 3 * FRAME }), [[0, 3]]);
    assert.deepEqual(spans("S......S", { minSpeechDuration: 3 * FRAME, minSilenceDuration: 1 }), []);
    assert.deepEqual(spans("SS.....S", { minSpeechDuration: 3 * FRAME, minSilenceDuration: 1 }), [[0, 8]]);
  });

  it("cuts what is too long in its longest pause, the last of equals", () => {
    const longest = { maxSpeechDuration: 20 * FRAME, minSilenceDuration: 1 };
    assert.deepEqual(spans("SSS....SSSS.....SSSSSSSSSS", longest), [[0, 11], [16, 26]]);
    assert.deepEqual(spans("SSS....SSSS....SSSSSSSSSSS", longest), [[0, 11], [15, 26]]);
  });

  it("cuts speech without a pause of 98 ms where it is least probable in its second half", () => {
    const longest = { maxSpeechDuration: 10 * FRAME, minSilenceDuration: 1 };
    assert.deepEqual(spans("6S.SSSS7SSSSSS", longest), [[0, 7], [7, 14]]);
    assert.deepEqual(spans("SSSSSSSSSSSS", longest), [[0, 9], [9, 12]], "the last of equals");
    assert.deepEqual(spans("SSSSS6SSSSSSSS", longest), [[0, 9], [9, 14]], "not in the middle");
    assert.deepEqual(spans("SSSSSSSSSS6SSS", longest), [[0, 9], [9, 14]], "not behind the longest");
  });

  it("cuts nothing that is as long as asked", () => {
    assert.deepEqual(spans("SSSSSSSSSS", { maxSpeechDuration: 10.5 * FRAME }), [[0, 10]]);
  });

  it("knows a pause from its first frame to its last that fits", () => {
    const longest = { maxSpeechDuration: 10 * FRAME, minSilenceDuration: 1 };
    assert.deepEqual(spans("S....SSSSSSSSSS", longest), [[0, 1], [5, 15]]);
    assert.deepEqual(spans("SSSSSS......SSSSSSSS", longest), [[0, 6], [10, 20]]);
    assert.deepEqual(spans("SSS4444SSSSSSSSS", { ...longest, negThreshold: 0.4 }), [[0, 6], [6, 16]], "none");
  });

  it("makes pieces of a frame or two where less is asked for, and comes to an end", () => {
    assert.deepEqual(spans("SSS", { maxSpeechDuration: FRAME / 4 }), [[0, 1], [1, 3]]);
  });

  it("makes no piece longer than asked, and loses none that is spoken", () => {
    const pattern = "S".repeat(1000);
    const pieces = spans(pattern, { maxSpeechDuration: 3 });
    assert.equal(pieces[0][0], 0);
    assert.equal(pieces.at(-1)![1], 1000);
    for (const [i, [start, end]] of pieces.entries()) {
      assert.ok(end > start && (end - start) * FRAME <= 3, `${start} ${end}`);
      if (i > 0) assert.equal(start, pieces[i - 1][1]);
    }
  });
});

describe("padSpans()", () => {
  const pad = (spans: [number, number][], by: number, length: number) =>
    padSpans(spans.map(([start, end]) => ({ start, end })), by, length).map(({ start, end }) => [start, end]);

  it("adds to both ends, within the recording", () => {
    assert.deepEqual(pad([[100, 200], [500, 600]], 30, 1000), [[70, 230], [470, 630]]);
    assert.deepEqual(pad([[10, 990]], 30, 1000), [[0, 1000]]);
    assert.deepEqual(pad([], 30, 1000), []);
  });

  it("shares a silence that is too short for two", () => {
    assert.deepEqual(pad([[100, 200], [221, 300]], 30, 1000), [[70, 210], [210, 330]]);
    assert.deepEqual(pad([[100, 200], [200, 300]], 30, 1000), [[70, 200], [200, 330]]);
  });
});

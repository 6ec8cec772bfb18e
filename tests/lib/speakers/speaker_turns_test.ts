import assert from "node:assert/strict";
import { SpeakerCutter } from "../../../lib/regroup/cut_by_speaker.ts";
import { regroup } from "../../../lib/regroup/regroup.ts";
import { speakerSettings } from "../../../lib/speakers/speaker_options.ts";
import { joinTurns, speakerIn } from "../../../lib/speakers/speaker_turns.ts";
import { partsOf, windowsOver } from "../../../lib/speakers/voice_windows.ts";
import type { Segment } from "../../../lib/transcription/segments.ts";
import { describe, it } from "../../harness.ts";

const turns = [
  { start: 0, end: 2, speaker: 0 },
  { start: 2.2, end: 5, speaker: 1 },
  { start: 8, end: 9, speaker: 0 },
];

/** A segment of words of half a second each. */
function segmentOf(text: string, start: number): Segment {
  const words = text.split(" ").map((word, i) => ({
    word: ` ${word}`,
    start: start + i / 2,
    end: start + (i + 1) / 2,
    probability: 1,
  }));
  const scores = { temperature: 0, avgLogprob: -1, compressionRatio: 1, noSpeechProb: 0, seek: 0 };
  const end = start + words.length / 2;
  return { ...scores, id: 7, start, end, text: ` ${text}`, tokens: [1, 2], words };
}

describe("joinTurns()", () => {
  it("joins what one says over short pauses, and numbers speakers as they are heard", () => {
    const parts = [
      { start: 0, end: 1, speaker: 4 },
      { start: 1.3, end: 2, speaker: 4 },
      { start: 3, end: 4, speaker: 4 },
      { start: 4, end: 5, speaker: 2 },
      { start: 5, end: 6, speaker: 4 },
    ];
    assert.deepEqual(joinTurns(parts), [
      { start: 0, end: 2, speaker: 0 },
      { start: 3, end: 4, speaker: 0 },
      { start: 4, end: 5, speaker: 1 },
      { start: 5, end: 6, speaker: 0 },
    ]);
  });
});

describe("speakerIn()", () => {
  it("tells who speaks in most of a stretch, or else who is nearest", () => {
    assert.equal(speakerIn(turns, { start: 1, end: 2.5 }), 0);
    assert.equal(speakerIn(turns, { start: 1.8, end: 3 }), 1);
    assert.equal(speakerIn(turns, { start: 5.1, end: 5.5 }), 1);
    assert.equal(speakerIn(turns, { start: 7, end: 7.8 }), 0);
    assert.equal(speakerIn(turns, { start: 20, end: 21 }), 0);
    assert.equal(speakerIn([], { start: 0, end: 1 }), undefined);
  });
});

describe("windowsOver()", () => {
  it("covers a stretch evenly from its beginning to its end", () => {
    assert.deepEqual(windowsOver(90, 160, 40), { starts: [0], frames: 90 });
    assert.deepEqual(windowsOver(230, 160, 40), { starts: [0, 35, 70], frames: 160 });
    const parts = partsOf(windowsOver(230, 160, 40), 230);
    assert.deepEqual(parts.map(({ start, end }) => [start, end]), [[0, 97.5], [97.5, 132.5], [132.5, 230]]);
  });
});

describe("SpeakerCutter", () => {
  it("cuts a segment where another takes over, and gives every word its speaker", () => {
    const cutter = new SpeakerCutter(turns);
    const given = [segmentOf("one two three four five six seven", 0.2), segmentOf("eight", 8.1)]
      .flatMap((segment) => cutter.push(segment));
    assert.deepEqual(given.map(({ id, text, speaker }) => [id, text, speaker]), [
      [0, " one two three four", 0],
      [1, " five six seven", 1],
      [2, " eight", 0],
    ]);
    assert.deepEqual(given.map(({ tokens }) => tokens), [[], [], [1, 2]]);
    assert.equal(given[1].start, given[1].words![0].start);
    assert.ok(given.every(({ words, speaker }) => words!.every((word) => word.speaker === speaker)));
  });

  it("leaves what is heard where nobody was found to speak without a speaker", () => {
    const [segment] = new SpeakerCutter([]).push(segmentOf("one", 0));
    assert.ok(!("speaker" in segment) && !("speaker" in segment.words![0]));
  });

  it("makes segments that regrouping does not join with another's", () => {
    const cut = new SpeakerCutter(turns).push(segmentOf("one two three four five six seven", 0.2));
    assert.deepEqual(regroup(cut, { maxChars: 100 }).map(({ text, speaker }) => [text, speaker]), [
      [" one two three four", 0],
      [" five six seven", 1],
    ]);
  });
});

describe("speakerSettings()", () => {
  it("takes a number, limits, or nothing but the wish", () => {
    assert.deepEqual(speakerSettings("test", true), { min: 1, max: 10 });
    assert.deepEqual(speakerSettings("test", 3), { min: 3, max: 3 });
    assert.deepEqual(speakerSettings("test", { min: 12 }), { min: 12, max: 12 });
    assert.deepEqual(speakerSettings("test", { max: 4 }), { min: 1, max: 4 });
  });

  it("refuses fewer at most than at least", () => {
    assert.throws(() => speakerSettings("test", { min: 3, max: 2 }), { code: "INVALID_OPTION" });
    assert.throws(() => speakerSettings("test", { min: 0 }), RangeError);
    assert.throws(() => speakerSettings("test", { most: 2 } as never), { code: "UNKNOWN_OPTION" });
  });
});

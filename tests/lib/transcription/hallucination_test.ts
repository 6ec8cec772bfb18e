import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { isAnomalous, settleWindow, wordAnomalyScore } from "../../../lib/transcription/hallucination.ts";
import type { Segment, Word } from "../../../lib/transcription/segments.ts";
import { bareSegment, timingReference } from "../timing/reference.ts";

function word(start: number, end: number, probability = 0.9, text = " word"): Word {
  return { word: text, start, end, probability };
}

function segment(...words: Word[]): Segment {
  return { ...bareSegment(0, words[0]?.start ?? 0, words.at(-1)?.end ?? 0), words };
}

const WINDOW = {
  seek: 0,
  size: 3000,
  windowFrames: 3000,
  nextSeek: 2800,
  singleTimestampEnding: false,
  contentFrames: 9000,
  lastSpeechTimestamp: 0,
};

describe("wordAnomalyScore()", () => {
  it("is 0 for an ordinary word", () => assert.equal(wordAnomalyScore(word(1, 1.5)), 0));

  it("adds 1 for a word less probable than 0.15", () => {
    assert.equal(wordAnomalyScore(word(1, 1.5, 0.14)), 1);
    assert.equal(wordAnomalyScore(word(1, 1.5, 0.15)), 0);
  });

  it("adds 15 a second that a word is too short", () => {
    assert.ok(Math.abs(wordAnomalyScore(word(0, 0.033)) - 1.5) < 1e-9);
  });

  it("adds the seconds that a word is too long", () => assert.equal(wordAnomalyScore(word(0, 3.5)), 1.5));
});

describe("isAnomalous()", () => {
  it("is false without words", () => {
    assert.equal(isAnomalous(segment()), false);
    assert.equal(isAnomalous(bareSegment(0, 0, 1)), false);
  });

  it("is true when every word is improbable, and false when one of two is", () => {
    assert.equal(isAnomalous(segment(word(0, 1, 0.1), word(1, 2, 0.1))), true);
    assert.equal(isAnomalous(segment(word(0, 1, 0.1), word(1, 2))), false);
  });

  it("is true from a hundredth below one a word on, and from 3 on", () => {
    assert.equal(isAnomalous(segment(word(0, 0.067))), true);
    assert.equal(isAnomalous(segment(word(0, 0.068))), false);
    assert.equal(isAnomalous(segment(word(0, 5), word(6, 6.5), word(7, 7.5), word(8, 8.5))), true);
    assert.equal(isAnomalous(segment(word(0, 4.99), word(6, 6.5), word(7, 7.5), word(8, 8.5))), false);
  });

  it("looks at eight words, not counting punctuation", () => {
    const good = Array.from({ length: 8 }, (_, i) => word(i, i + 0.5));
    const bad = word(9, 18);
    assert.equal(isAnomalous(segment(...good, bad)), false);
    const marks = good.map(({ start, end }) => word(start, end, 0.9, "."));
    assert.equal(isAnomalous(segment(...marks, bad)), true);
  });
});

describe("settleWindow()", () => {
  it("does with a window what transcribe() does", () => {
    for (const { expected, segments, threshold, ...window } of timingReference().windows) {
      const built = segments.map(([start, end, words]) => ({
        ...bareSegment(window.seek, start, end),
        words: words.map(([text, from, to, probability]) => word(from, to, probability, text)),
      }));
      const outcome = settleWindow(built, { ...window, windowFrames: 3000 }, threshold);
      const label = JSON.stringify({ window, threshold, segments });
      assert.equal(outcome.kept, expected.kept, label);
      if (expected.seek === null) {
        assert.ok(outcome.seek >= window.contentFrames, label);
      } else {
        assert.equal(outcome.seek, expected.seek, label);
        assert.equal(outcome.lastSpeechTimestamp, expected.lastSpeechTimestamp, label);
      }
    }
  });

  it("goes on after the last word, unless the window ended with a single timestamp", () => {
    const segments = [segment(word(1, 2), word(2, 27.5))];
    assert.equal(settleWindow(segments, WINDOW).seek, 2750);
    assert.equal(settleWindow(segments, { ...WINDOW, singleTimestampEnding: true }).seek, 2800);
  });

  it("goes on where its timestamps say when no word ends inside it", () => {
    assert.equal(settleWindow([], WINDOW).seek, 2800);
    for (const end of [9.5, 10]) {
      assert.equal(settleWindow([segment(word(9, end))], { ...WINDOW, seek: 1000 }).seek, 2800);
    }
  });

  it("takes the whole window when the silence after its last word is short", () => {
    const segments = [segment(word(1, 2), word(2, 3), word(28, 29))];
    assert.equal(settleWindow(segments, WINDOW, 2).seek, 3000);
    assert.equal(settleWindow(segments, { ...WINDOW, size: 2950 }, 1).seek, 2950);
    assert.equal(settleWindow(segments, WINDOW, 0.5).seek, 2900);
  });

  it("decodes afresh from an anomalous first segment after a silence", () => {
    const segments = [segment(word(4, 4.5, 0.1))];
    const outcome = settleWindow(segments, WINDOW, 2);
    assert.deepEqual(outcome, { seek: 400, kept: 0, discarded: true, lastSpeechTimestamp: 0 });
    assert.equal(settleWindow(segments, WINDOW, 4).discarded, false);
  });

  it("drops an anomalous segment between silences and what follows it", () => {
    const speech = segment(word(0, 1), word(1, 2));
    const hallucinated = segment(word(10, 10.5, 0.1));
    const outcome = settleWindow([speech, hallucinated, segment(word(20, 21))], WINDOW, 2);
    assert.deepEqual(outcome, { seek: 1000, kept: 1, discarded: false, lastSpeechTimestamp: 2 });
  });

  it("keeps it when speech follows at once", () => {
    const speech = segment(word(0, 1), word(1, 2));
    const odd = segment(word(10, 10.5, 0.1));
    assert.equal(settleWindow([speech, odd, segment(word(11, 12))], WINDOW, 2).kept, 3);
  });

  it("takes the edges of the window for silence, two seconds wide", () => {
    const kept = (start: number, seek: number, lastSpeechTimestamp: number) => {
      const odd = segment(word(start, start + 0.5, 0.1));
      return settleWindow([odd, segment(word(start + 9, start + 10))], {
        ...WINDOW,
        seek,
        lastSpeechTimestamp,
      }, 3).kept;
    };
    // The silence before is too short to count, but for the start of the window.
    assert.equal(kept(101.98, 10000, 101), 0);
    assert.equal(kept(102.02, 10000, 101), 2);
    // Nor does it count at the start of the audio, if that is nearer than the threshold.
    assert.equal(kept(2.5, 0, 1), 0);
    const late = [segment(word(20, 21)), segment(word(27.4, 28.02, 0.1), word(28.02, 28.04, 0.1))];
    assert.equal(settleWindow(late, { ...WINDOW, size: 2900 }, 2).kept, 1);
    const earlier = [segment(word(20, 21)), segment(word(27.4, 27.96, 0.1), word(27.96, 27.98, 0.1))];
    assert.equal(settleWindow(earlier, { ...WINDOW, size: 2900 }, 2).kept, 2);
  });

  it("counts silence that is longer than the threshold, not as long", () => {
    const speech = segment(word(0, 1), word(1, 3), word(3, 5));
    const odd = segment(word(7, 7.5, 0.1));
    const kept = (threshold: number, next: number, window = WINDOW) =>
      settleWindow([speech, odd, segment(word(next, next + 1))], window, threshold).kept;
    assert.deepEqual([kept(1.5, 20), kept(2, 20)], [1, 3]);
    assert.deepEqual([kept(1.5, 9.25), kept(1.5, 9)], [1, 3]);
    // What is followed by another anomalous one is as if silence followed.
    assert.equal(settleWindow([speech, odd, segment(word(8, 8.5, 0.1))], WINDOW, 1.5).kept, 1);
    // As long as the threshold, or two seconds: no longer an edge.
    assert.equal(settleWindow([segment(word(0, 1)), segment(word(3, 3.5, 0.1))], WINDOW, 3).kept, 2);
    const second = { ...WINDOW, seek: 500, lastSpeechTimestamp: 6 };
    assert.equal(settleWindow([odd, segment(word(20, 21))], second, 2).kept, 2);
    const late = [segment(word(20, 21)), segment(word(27, 28, 0.1))];
    assert.equal(settleWindow(late, { ...WINDOW, size: 2900 }, 1.5).kept, 2);
  });

  it("measures silence from the segment before", () => {
    const segments = [segment(word(5, 6)), segment(word(7, 7.5, 0.1)), segment(word(20, 21))];
    assert.equal(settleWindow(segments, WINDOW, 2).kept, 3);
    assert.equal(settleWindow(segments.slice(1), { ...WINDOW, lastSpeechTimestamp: 4 }, 8).kept, 0);
  });

  it("ends the transcription when it drops the last segment of the audio", () => {
    const segments = [segment(word(0, 1), word(1, 2)), segment(word(10, 10.5, 0.1))];
    assert.equal(settleWindow(segments, { ...WINDOW, contentFrames: 1200 }, 2).seek, 1200);
    assert.equal(settleWindow(segments, { ...WINDOW, contentFrames: 1250 }, 2).seek, 1000);
  });
});

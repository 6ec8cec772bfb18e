import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "../../../lib/transcription/punctuation.ts";
import { addWordTimestamps, placeWords } from "../../../lib/transcription/word_timestamps.ts";
import { fakeModel, fakeText, fakeTokenizer } from "../timing/fake_model.ts";
import { bareSegment, timingReference } from "../timing/reference.ts";

const OPTIONS = {
  prependPunctuations: PREPEND_PUNCTUATIONS,
  appendPunctuations: APPEND_PUNCTUATIONS,
  lastSpeechTimestamp: 0,
};

describe("placeWords()", () => {
  it("gives segments the words and times that add_word_timestamps gives", () => {
    for (const { seek, last, alignment, segments, expected } of timingReference().words) {
      const built = segments.map(([start, end]) => ({
        ...bareSegment(seek, start, end),
        words: undefined as never,
      }));
      const timings = alignment.map(([word, count, start, end]) => (
        { word, tokens: Array(count).fill(1), start, end, probability: 0.5 }
      ));
      placeWords(built, segments.map(([, , count]) => count), timings, {
        ...OPTIONS,
        lastSpeechTimestamp: last,
      });
      const placed = built.map(({ start, end, words }) => [
        start,
        end,
        (words as { word: string; start: number; end: number }[]).map((w) => [w.word, w.start, w.end]),
      ]);
      assert.deepEqual(placed, expected, JSON.stringify({ seek, last, alignment, segments }));
    }
  });

  it("believes the segment's times where they lie more than half a second inside its words", () => {
    const place = (start: number, end: number) => {
      const timings = [[10, 12.4], [12.4, 12.8], [12.8, 13.2], [13.2, 16]].map(([start, end], i) => (
        { word: ` ${i}`, tokens: [1], start, end, probability: 0.5 }
      ));
      const segment = { ...bareSegment(0, start, end), words: undefined as never };
      placeWords([segment], [4], timings, { ...OPTIONS, lastSpeechTimestamp: 10 });
      return [segment.start, segment.end];
    };
    assert.deepEqual(place(10.5, 15.5), [10, 16]);
    assert.deepEqual(place(10.51, 15.49), [10.51, 15.49]);
  });
});

describe("addWordTimestamps()", () => {
  const attention = { heads: 2, text: 6, positions: 100, numFrames: 200, seed: 9 };

  it("shares the words out by the text tokens of each segment", async () => {
    const [a, b, c, d, e, f] = fakeText(6);
    const segments = [
      { ...bareSegment(0, 0, 1, [63, a, b, 63]), words: undefined },
      { ...bareSegment(0, 1, 1, [63, 63]), words: undefined },
      { ...bareSegment(0, 1, 2, [63, c, d, e, f, 63]), words: undefined },
    ];
    const model = fakeModel(attention);
    await addWordTimestamps(segments as never, {
      ...OPTIONS,
      model,
      features: model.features,
      tokenizer: fakeTokenizer(),
      numFrames: 200,
    });
    assert.deepEqual(model.calls, [[51, 52, 53, 61, a, b, c, d, e, f, 50]]);
    const words = segments.map(({ words }) => (words as never as { word: string }[]).map(({ word }) => word));
    assert.deepEqual(words, [[" 0"], [], [" 2", " 4"]]);
  });

  it("does nothing without segments", async () => {
    const model = fakeModel(attention);
    await addWordTimestamps([], {
      ...OPTIONS,
      model,
      features: model.features,
      tokenizer: fakeTokenizer(),
      numFrames: 200,
    });
    assert.deepEqual(model.calls, []);
  });
});

import assert from "node:assert/strict";
import { regroup, type Segment } from "../../../lib/writers/format_transcription.ts";
import { transcribeSettings } from "../../../lib/transcription/transcribe_settings.ts";
import { endsSentence } from "../../../lib/regroup/sentence_ends.ts";
import { describe, it } from "../../harness.ts";

/** Segments of words of half a second each; a number between them is a pause in seconds. */
function segmentsOf(...texts: (string | number)[]): Segment[] {
  let at = 0, id = 0;
  const segments: Segment[] = [];
  for (const text of texts) {
    if (typeof text === "number") {
      at += text;
      continue;
    }
    const words = text.split(" ").map((word) => ({
      word: ` ${word}`,
      start: at,
      end: at += 0.5,
      probability: 1,
    }));
    const scores = { temperature: 0, avgLogprob: -id, compressionRatio: 1, noSpeechProb: 0, seek: 0 };
    const [start, end] = [words[0].start, at];
    segments.push({ ...scores, id, start, end, text: ` ${text}`, tokens: [id], words });
    id++;
  }
  return segments;
}

const texts = (segments: readonly Segment[]) => segments.map(({ text }) => text.trim());

describe("regroup()", () => {
  it("makes a segment of each sentence, with its words and their times", () => {
    const found = regroup(segmentsOf("Good day. How do", "you do, Mr. Grey?", "Well."), "sentence");
    assert.deepEqual(texts(found), ["Good day.", "How do you do, Mr. Grey?", "Well."]);
    assert.deepEqual(found.map(({ id, start, end }) => [id, start, end]), [[0, 0, 1], [1, 1, 4], [
      2,
      4,
      4.5,
    ]]);
    assert.deepEqual(found[1].words!.map(({ word }) => word), [
      " How",
      " do",
      " you",
      " do,",
      " Mr.",
      " Grey?",
    ]);
    assert.deepEqual(found.map(({ tokens }) => tokens), [[], [], [2]]);
    assert.equal(found[1].avgLogprob, -4 / 6);
  });

  it("ends a sentence without full stop at a long pause", () => {
    assert.deepEqual(texts(regroup(segmentsOf("one two", 4, "three", 1, "four"), "sentence")), [
      "one two",
      "three four",
    ]);
  });

  it("makes segments as long as the limits allow, cut where the sense does", () => {
    const long = segmentsOf("This is rather long, and it goes on. Then it", "ends");
    assert.deepEqual(texts(regroup(long, { maxChars: 34 })), [
      "This is rather long,",
      "and it goes on. Then it ends",
    ]);
    assert.deepEqual(texts(regroup(long, { maxChars: 40 })), [
      "This is rather long, and it goes on.",
      "Then it ends",
    ]);
    for (const { text } of regroup(long, { maxChars: 12 })) assert.ok(text.trim().length <= 12);
    for (const { start, end } of regroup(long, { maxDuration: 1.5 })) assert.ok(end - start <= 1.5);
    assert.deepEqual(texts(regroup(long, {})), [texts(long).join(" ")]);
  });

  it("prefers the end of a sentence to a comma, a comma to a pause, a pause to none, and of equals the last", () => {
    const cut = (...texts: (string | number)[]) =>
      regroup(segmentsOf(...texts), { maxChars: 17 })[0].text.trim().split(" ").length;
    assert.equal(cut("aa bb cc dd ee ff gg"), 6);
    assert.equal(cut("aa bb cc dd", 0.4, "ee ff gg"), 4);
    assert.equal(cut("aa bb cc dd", 0.4, "ee", 0.4, "ff gg"), 5);
    assert.equal(cut("aa bb c dd,", "ee", 0.4, "ff gg"), 4);
    assert.equal(cut("aa bb c d.", "e,", "ff gg"), 4);
    assert.equal(cut("aa bb cc", 0.4, "dd ee ff gg"), 6, "the first half is too early");
    assert.equal(cut("aa bb c d,", "ee", "f. gg"), 6, "a sentence that is whole stays so");
  });

  it("measures from the first word, and takes a limit for what is allowed", () => {
    assert.deepEqual(texts(regroup(segmentsOf(10, "one two three"), { maxDuration: 1 })), [
      "one two",
      "three",
    ]);
    assert.deepEqual(texts(regroup(segmentsOf("one", 0.5, "two"), { maxGap: 0.5 })), ["one two"]);
  });

  it("ends a sentence without an end after two hundred words", () => {
    const endless = segmentsOf(Array(205).fill("on").join(" "));
    assert.deepEqual(regroup(endless, "sentence").map(({ words }) => words!.length), [200, 5]);
  });

  it("cuts at pauses", () => {
    assert.deepEqual(texts(regroup(segmentsOf("one", 0.4, "two", 0.6, "three"), { maxGap: 0.5 })), [
      "one two",
      "three",
    ]);
  });

  it("keeps a word that is longer than the limit, and every word once", () => {
    const words = segmentsOf("incomprehensibilities are", "long");
    assert.deepEqual(texts(regroup(words, { maxChars: 8 })), ["incomprehensibilities", "are long"]);
  });

  it("joins nothing of two channels", () => {
    const [a, b] = segmentsOf("one", "two");
    const found = regroup([{ ...a, channel: 0 }, { ...b, channel: 1 }], {});
    assert.deepEqual(found.map(({ channel }) => channel), [0, 1]);
    assert.ok(!("channel" in regroup([a], {})[0]));
  });

  it("joins nothing of two speakers", () => {
    const [a, b] = segmentsOf("one", "two").map((segment, speaker) => ({
      ...segment,
      words: segment.words!.map((word) => ({ ...word, speaker })),
    }));
    const found = regroup([a, b], {});
    assert.deepEqual(found.map(({ speaker }) => speaker), [0, 1]);
    assert.ok(!("speaker" in regroup(segmentsOf("one"), {})[0]));
  });

  it("wants words, and limits that are some", () => {
    const [{ words: _words, ...plain }] = segmentsOf("one");
    assert.throws(() => regroup([plain], "sentence"), /wordTimestamps/);
    assert.throws(() => regroup({ segments: [] } as never, "sentence"), {
      code: "INVALID_INPUT",
      message: /wanted the segments of a transcription$/,
    });
    assert.throws(() => regroup([], { maxChars: 0 }), { code: "INVALID_OPTION" });
    assert.throws(() => regroup([], "paragraph" as never), { code: "INVALID_OPTION" });
    assert.throws(() => regroup([], [] as never), { code: "INVALID_OPTION" });
  });

  it("says which limit is wrong, and which was meant", () => {
    const wrong: [unknown, RegExp][] = [
      [
        { maxChar: 3 },
        /^Cannot regroup by \{"maxChar":3\}: .*; "maxChar" is not a limit: did you mean "maxChars"\?$/,
      ],
      [{ maxChars: 9, maxGap: "x" }, /; maxGap is "x"$/],
      ["sentance", /; did you mean "sentence"\?$/],
      ["paragraph", /as maxChars, maxDuration, maxGap$/],
    ];
    for (const [how, message] of wrong) {
      assert.throws(() => regroup([], how as never), { message });
      assert.throws(
        () => transcribeSettings({ regroup: how as never }),
        /Cannot transcribe: regroup is .+, wanted/,
      );
    }
  });
});

describe("endsSentence()", () => {
  it("knows full stops from those of abbreviations and initials", () => {
    for (const word of [" home.", ' "Why?"', " ist…", " 吗？", " (go!)", " I."]) {
      assert.ok(endsSentence(word), word);
    }
    for (const word of [" Mr.", " J.", " U.S.", " e.g.", " 3.5", " home,", " home"]) {
      assert.ok(!endsSentence(word), word);
    }
  });
});

/** What the page makes of texts and times. */
import assert from "node:assert/strict";
import { toSrt, toTxt, toVtt } from "../../../../lib/writers/format_transcription.ts";
import { spellClock, spellDuration, spellSize } from "../../../../lib/http/page/client/text/clock.js";
import { correctedWords } from "../../../../lib/http/page/client/text/corrected_words.js";
import { fileName, spellTranscript } from "../../../../lib/http/page/client/text/downloads.js";
import { piecesOf, spanAt } from "../../../../lib/http/page/client/text/word_spans.js";
import { readEvents } from "../../../../lib/http/page/client/request/event_stream.js";
import { describe, it } from "../../../harness.ts";
import { segmentOf } from "../fake_model.ts";

function transcriptOf(segments: { id: number; start: number; end: number; text: string }[]) {
  return { task: "transcribe", language: "english", duration: 4000, segments };
}

describe("a downloaded file", () => {
  const segments = [
    [0, 0, 1.5, " Hello there."],
    [1, 61.0005, 62.0015, " An arrow --> and ---> another."],
    [2, 3599.9996, 3661.25, " Two\n\n\nlines"],
    [3, 3700.1235, 3700.1245, "  spaced  "],
  ].map(([id, start, end, text]) => {
    const { words: _words, ...segment } = segmentOf(text as string, id as number);
    return { ...segment, start: start as number, end: end as number };
  });

  it("is what the library's writers make of the same segments", () => {
    const transcript = transcriptOf(segments);
    const result = { text: "", language: "en", segments };
    assert.equal(spellTranscript(transcript, "txt"), toTxt(result));
    assert.equal(spellTranscript(transcript, "srt"), toSrt(result));
    assert.equal(spellTranscript(transcript, "vtt"), toVtt(result));
    assert.match(toSrt(result), /^00:01:01,000 --> 00:01:02,00[12]$/m);
  });

  it("leaves out a segment whose text was taken away, and numbers the others", () => {
    const transcript = transcriptOf([segmentOf(" ", 0), segmentOf(" Left.", 1)]);
    assert.equal(spellTranscript(transcript, "srt"), "1\n00:00:02,000 --> 00:00:03,500\nLeft.\n\n");
    assert.equal(spellTranscript(transcript, "txt"), "Left.\n");
    const json = JSON.parse(spellTranscript(transcript, "json"));
    assert.deepEqual([json.text, json.segments.length, json.language], ["Left.", 1, "english"]);
  });

  it("is named after the recording", () => {
    assert.equal(fileName("talk.v2.mp3", "srt"), "talk.v2.srt");
    assert.equal(fileName(".mp3", "txt"), "transcript.txt");
  });
});

describe("a corrected text", () => {
  const heard = [
    { word: "Mr.", start: 1, end: 1.2 },
    { word: "Dash", start: 1.2, end: 1.6 },
    { word: "would", start: 1.6, end: 2 },
    { word: "had", start: 2.1, end: 2.4 },
  ];
  const segment = { start: 0.8, end: 2.5 };

  it("keeps the times of the words that were heard, and gives others the time of those they replace", () => {
    assert.deepEqual(correctedWords("Mr Dashwood had", heard, segment), [
      { word: "Mr", start: 1, end: 1.2 },
      { word: "Dashwood", start: 1.2, end: 2 },
      { word: "had", start: 2.1, end: 2.4 },
    ]);
  });

  it("shares the time between words by their lengths, and puts new ones where there is room", () => {
    const words = correctedWords("Oh Mr. Dash would not had a", heard, segment);
    assert.deepEqual(words.map(({ word }) => word), ["Oh", "Mr.", "Dash", "would", "not", "had", "a"]);
    assert.deepEqual(words[0], { word: "Oh", start: 0.8, end: 1 });
    assert.deepEqual(words[4], { word: "not", start: 2, end: 2.1 });
    assert.deepEqual(words[6], { word: "a", start: 2.4, end: 2.5 });
    const other = correctedWords("aa bbbb", [{ word: "x", start: 0, end: 3 }], { start: 0, end: 3 });
    assert.deepEqual(other.map(({ start, end }) => [start, end]), [[0, 1], [1, 3]]);
    for (const [i, { start, end }] of words.entries()) {
      assert.ok(start <= end && start >= (words[i - 1]?.end ?? 0), JSON.stringify(words));
    }
  });

  it("may be empty, or of a language without spaces", () => {
    assert.deepEqual(correctedWords("  ", heard, segment), []);
    const chinese = [{ word: "你好", start: 0, end: 1 }, { word: "世界", start: 1, end: 2 }];
    const words = correctedWords("你好世间", chinese, { start: 0, end: 2 });
    assert.equal(words.map(({ word }) => word).join(""), "你好世间");
    assert.deepEqual([words[0].start, words.at(-1)!.end], [0, 2]);
  });
});

describe("the words of a segment", () => {
  const words = [{ word: "to", start: 0, end: 1 }, { word: "and", start: 1, end: 2 }, {
    word: "to",
    start: 3,
    end: 4,
  }];

  it("are found in its text one after the other, and what is not there is left out", () => {
    assert.deepEqual(piecesOf("to, and to.", words), [
      { text: "to", index: 0 },
      { text: ", " },
      { text: "and", index: 1 },
      { text: " " },
      { text: "to", index: 2 },
      { text: "." },
    ]);
    assert.deepEqual(piecesOf("and", words), [{ text: "and", index: 1 }]);
    assert.deepEqual(piecesOf("none", []), [{ text: "none" }]);
  });

  it("are spoken while they last, and a little longer where that is asked for", () => {
    assert.deepEqual([-1, 0, 0.99, 1, 2.05, 3.5, 4].map((time) => spanAt(words, time)), [
      -1,
      0,
      0,
      1,
      -1,
      2,
      -1,
    ]);
    assert.deepEqual([2.05, 2.2].map((time) => spanAt(words, time, 0.1)), [1, -1]);
    assert.equal(spanAt([], 1), -1);
  });
});

describe("server-sent events", () => {
  it("are read once they are whole, however the text comes", () => {
    const text = 'data: {"a":1}\n\ndata: {"b":\ndata: 2}\n\n: nothing\n\ndata: {"c":3}\n\n';
    const found: unknown[] = [];
    let from = 0;
    for (let length = 0; length <= text.length; length++) {
      const { events, to } = readEvents(text.slice(0, length), from);
      found.push(...events);
      from = to;
    }
    assert.deepEqual(found, [{ a: 1 }, { b: 2 }, { c: 3 }]);
  });
});

describe("a clock", () => {
  it("spells times and sizes as people read and say them", () => {
    assert.deepEqual([0, 7.9, 754, 3723].map(spellClock), ["0:00", "0:07", "12:34", "1:02:03"]);
    assert.deepEqual([0, 1, 63, 7260].map(spellDuration), [
      "0 seconds",
      "1 second",
      "1 minute 3 seconds",
      "2 hours 1 minute",
    ]);
    assert.deepEqual([812, 9400, 868204, 3.44e6, 2e9].map(spellSize), [
      "812 bytes",
      "9.4 KB",
      "868 KB",
      "3.4 MB",
      "2.0 GB",
    ]);
  });
});

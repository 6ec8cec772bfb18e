import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, fixture, it } from "../../harness.ts";
import { textLines } from "../../../lib/text/text_lines.ts";
import type { Segment, Transcription, Word } from "../../../lib/transcription/segments.ts";
import {
  formatTimestamp,
  formatTranscription,
  OUTPUT_FORMATS,
  toJson,
  toSrt,
  toTsv,
  toTxt,
  toVtt,
} from "../../../lib/writers/format_transcription.ts";

interface ReferenceCase {
  readonly options: Record<string, number | boolean | null>;
  readonly json: string;
  readonly txt: string;
  readonly vtt: string;
  readonly srt: string;
  readonly tsv: string;
}

/** Reads a result as openai/whisper spells it. */
function parseResult(json: string): Transcription {
  return JSON.parse(json.replaceAll(": NaN", ': "NaN"'), (_, value) => {
    if (value === "NaN") return NaN;
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    return camelCase(value);
  });
}

function camelCase<T>(value: Record<string, T>): Record<string, T> {
  const spell = (key: string) => key.replaceAll(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [spell(key), member]));
}

function segment(start: number, end: number, text: string, words?: Word[]): Segment {
  const scores = { temperature: 0, avgLogprob: -0.5, compressionRatio: 1, noSpeechProb: 0.25 };
  return { id: 0, seek: 0, start, end, text, tokens: [50364, 7], ...scores, ...(words && { words }) };
}

function transcription(...segments: Segment[]): Transcription {
  return { text: segments.map(({ text }) => text).join(""), segments, language: "en" };
}

function words(...texts: string[]): Word[] {
  return texts.map((word, i) => ({ word, start: i, end: i + 0.5, probability: 0.9 }));
}

/** What is left of openai/whisper's cues without those that are empty, and without the arrows it leaves in words. */
function readableCues(cues: string, format: "vtt" | "srt"): string {
  const pattern = /(?:\d+\n)?([\d:.,]+ --> [\d:.,]+)\n([^]*?)\n\n(?=(?:\d+\n)?[\d:.,]+ --> |$)/g;
  const kept = [...cues.matchAll(pattern)].filter(([, , text]) =>
    text.replaceAll(/<\/?u>/g, "").trim() !== ""
  );
  const spelt = kept.map(([, times, text], i) => {
    const number = format === "srt" ? `${i + 1}\n` : "";
    return `${number}${times}\n${text.replaceAll("-->", "->").replaceAll(/\n+/g, "\n")}\n\n`;
  });
  return (format === "vtt" ? "WEBVTT\n\n" : "") + spelt.join("");
}

describe("formatTranscription()", () => {
  const cases: ReferenceCase[] = JSON.parse(readFileSync(fixture("writers/reference.json"), "utf8"));

  for (const format of ["txt", "vtt", "srt", "tsv", "json"] as const) {
    it(`writes ${format} byte for byte as openai/whisper`, () => {
      for (const reference of cases) {
        const written = formatTranscription(
          parseResult(reference.json),
          format,
          camelCase(reference.options),
        );
        const expected = format === "vtt" || format === "srt"
          ? readableCues(reference[format], format)
          : reference[format];
        // Some of the texts have a tag of their own, which is an entity here, and none has an entity.
        const raw = format === "vtt" ? written.replaceAll("&lt;", "<") : written;
        assert.equal(raw, expected, JSON.stringify(reference.options));
      }
    });
  }
});

describe("formatTranscription() of what is none", () => {
  it("says what it lacks, in every format", () => {
    const wrong: [unknown, RegExp][] = [
      [undefined, /it has no segments; wanted what transcribe/],
      [null, /it has no segments/],
      ["text", /it has no segments/],
      [{}, /it has no segments/],
      [{ segments: [{}] }, /segment 0 has no start, end and text/],
      [{ segments: [null] }, /segment 0 has no start, end and text/],
      [{ segments: [{ start: 0, end: 1, text: "", words: [{}] }] }, /a word of segment 0 has no start/],
    ];
    for (const format of OUTPUT_FORMATS) {
      for (const [result, message] of wrong) {
        const write = () => formatTranscription(result as Transcription, format);
        assert.throws(write, { name: "TypeError", code: "INVALID_INPUT", message }, format);
      }
    }
    const bare = { segments: [{ start: 0, end: 1, text: " a" }] } as unknown as Transcription;
    assert.equal(formatTranscription(bare, "txt"), "a\n");
    assert.throws(() => formatTranscription(bare, "json"), { code: "INVALID_INPUT" });
  });
});

describe("toJson()", () => {
  it("keeps the keys, their order and the zeros of floats", () => {
    const result = transcription(segment(0, 1.5, " é", [{ word: " é", start: 0, end: 1, probability: 1 }]));
    assert.equal(
      toJson(result),
      '{"text": " \\u00e9", "segments": [{"id": 0, "seek": 0, "start": 0.0, "end": 1.5, "text": " \\u00e9", ' +
        '"tokens": [50364, 7], "temperature": 0.0, "avg_logprob": -0.5, "compression_ratio": 1.0, ' +
        '"no_speech_prob": 0.25, "words": [{"word": " \\u00e9", "start": 0.0, "end": 1.0, "probability": 1.0}]}], ' +
        '"language": "en"}',
    );
  });
});

describe("toVtt()", () => {
  it("falls back on the segments' texts when some have no words", () => {
    const result = transcription(segment(0, 1, " a", words(" a")), segment(1, 2, " b --> c"));
    assert.equal(
      toVtt(result),
      "WEBVTT\n\n00:00.000 --> 00:01.000\na\n\n00:01.000 --> 00:02.000\nb -> c\n\n",
    );
  });

  it("has no cue for a segment without text", () => {
    const result = transcription(segment(0, 30, ""), segment(30, 31, " a"), segment(31, 32, " "));
    assert.equal(toVtt(result), "WEBVTT\n\n00:30.000 --> 00:31.000\na\n\n");
    assert.equal(toSrt(result), "1\n00:00:30,000 --> 00:00:31,000\na\n\n");
  });

  it("lets no text end its cue, be it a segment's or of words", () => {
    const arrows = transcription(segment(0, 1, " a ---> b\n\nc"));
    assert.ok(toVtt(arrows).endsWith("\na -> b\nc\n\n"));
    const worded = transcription(segment(0, 2, " a --> b", words(" a", " --", ">", " b")));
    assert.ok(toVtt(worded).endsWith("\na -> b\n\n"));
    for (const highlightWords of [true, false]) {
      assert.equal(
        toSrt(worded, { highlightWords }).split("\n").filter((line) => /^[^\d].*-->/.test(line)).length,
        0,
      );
    }
  });

  it("writes & and < of text as entities, so that they are no tags, and reads them again", () => {
    const spelt = "If a &lt; b &amp; &amp;lt; c";
    const plain = transcription(segment(0, 1, " If a < b & &lt; c"));
    assert.ok(toVtt(plain).endsWith(`\n${spelt}\n\n`));
    const worded = transcription(segment(0, 1, "", words(" If", " a", " < b", " &", " &lt;", " c")));
    assert.ok(toVtt(worded).endsWith(`\n${spelt}\n\n`));
    const marked = toVtt(worded, { highlightWords: true, highlightUnsure: 0.95 });
    assert.match(marked, /<u><c\.unsure>&lt; b<\/c><\/u>/);
    for (const vtt of [toVtt(plain), toVtt(worded)]) assert.deepEqual(textLines(vtt), ["If a < b & &lt; c"]);
    assert.ok(toSrt(plain).endsWith("\nIf a < b & &lt; c\n\n"));
  });

  it("counts the characters that are read where entities are written", () => {
    const result = transcription(segment(0, 1, " &&&&"), segment(9, 10, " b"));
    assert.match(toVtt(result, { maxCharsPerSecond: 2 }), /00:00\.000 --> 00:02\.000\n/);
  });

  it("fills lines across segments when width and count are both given", () => {
    const result = transcription(
      segment(0, 2, " aa bb", words(" aa", " bb")),
      segment(2, 3, " cc", words(" cc")),
    );
    const options = { maxLineWidth: 5, maxLineCount: 2 };
    assert.equal(toVtt(result, options), "WEBVTT\n\n00:00.000 --> 00:00.500\naa bb\ncc\n\n");
  });

  it("keeps the lines of a known text, unless others are asked for", () => {
    const known = words(" aa", "\nbb", " cc").map((word) => ({ ...word, spoken: true }));
    const result = transcription(segment(0, 2, " aa bb cc", known));
    const textOf = (options = {}) => toVtt(result, options).split("\n").slice(3, -2);
    assert.deepEqual(textOf(), ["aa", "bb cc"]);
    assert.deepEqual(textOf({ maxLineWidth: 5 }), ["aa bb", "cc"]);
    assert.deepEqual(textOf({ maxLineWidth: 80 }), ["aa bb cc"]);
  });

  it("goes on to another cue after a pause of more than three seconds there", () => {
    const at = (start: number) =>
      transcription(
        segment(0, 1, " aa", [{ word: " aa", start: 0, end: 1, probability: 1 }]),
        segment(start, start + 1, " bb", [{ word: " bb", start, end: start + 1, probability: 1 }]),
      );
    const cuesOf = (start: number) =>
      toVtt(at(start), { maxLineWidth: 40, maxLineCount: 2 }).match(/-->/g)!.length;
    assert.deepEqual([cuesOf(3), cuesOf(3.25)], [1, 2]);
  });

  it("breaks a line of more than a thousand characters, as openai/whisper does", () => {
    const long = "a".repeat(998);
    assert.match(toVtt(transcription(segment(0, 3, "", words(long, " b", "c")))), / b\nc\n/);
  });

  it("shows nothing that nobody says", () => {
    const silent = { ...segment(1, 2, " b"), spoken: false };
    assert.equal(
      toVtt(transcription(segment(0, 1, " a"), silent)),
      "WEBVTT\n\n00:00.000 --> 00:01.000\na\n\n",
    );
  });

  it("counts characters, not UTF-16 units", () => {
    const result = transcription(segment(0, 2, " a 😀", words(" a", " 😀")));
    assert.ok(toVtt(result, { maxLineWidth: 3 }).includes("\na 😀\n"));
    assert.ok(toVtt(result, { maxLineWidth: 2 }).includes("\na\n😀\n"));
  });

  it("takes 0 for no limit and refuses a limit that is none", () => {
    const result = transcription(segment(0, 2, " aa bb", words(" aa", " bb")));
    assert.equal(toVtt(result, { maxWordsPerLine: 0 }), toVtt(result));
    assert.throws(() => toVtt(result, { maxWordsPerLine: -1 }), /maxWordsPerLine is -1/);
    assert.throws(() => toVtt(result, { maxLineWidth: 1.5 }), RangeError);
  });

  it("leaves the words of the result as they are", () => {
    const result = transcription(segment(0, 2, " aa bb", words(" aa", " bb")));
    const before = structuredClone(result);
    toVtt(result, { maxLineWidth: 2, highlightWords: true });
    assert.deepEqual(result, before);
  });
});

describe("toSrt()", () => {
  it("underlines one word after the other, with a cue for a pause", () => {
    const result = transcription(segment(0, 2, " aa bb", words(" aa", " bb")));
    assert.equal(
      toSrt(result, { highlightWords: true }),
      "1\n00:00:00,000 --> 00:00:00,500\n<u>aa</u> bb\n\n" +
        "2\n00:00:00,500 --> 00:00:01,000\naa bb\n\n" +
        "3\n00:00:01,000 --> 00:00:01,500\naa <u>bb</u>\n\n",
    );
  });
});

describe("toTsv()", () => {
  it("gives milliseconds, rounded half to even, and keeps the table's columns", () => {
    assert.equal(
      toTsv(transcription(segment(0.0005, 1.0025, "\ta\tb "))),
      "start\tend\ttext\n0\t1002\ta b\n",
    );
  });
});

describe("formatTimestamp()", () => {
  it("spells hours only when there are some, unless told to", () => {
    assert.equal(formatTimestamp(59.9996), "01:00.000");
    assert.equal(formatTimestamp(3600), "01:00:00.000");
    assert.equal(formatTimestamp(360000.4), "100:00:00.400");
    assert.equal(formatTimestamp(1.5, { alwaysIncludeHours: true, decimalMarker: "," }), "00:00:01,500");
  });

  it("refuses what is not a time", () => {
    assert.throws(() => formatTimestamp(-0.02), RangeError);
    assert.throws(() => formatTimestamp(NaN), RangeError);
  });
});

describe("formatTranscription() of channels", () => {
  const words = (text: string, start: number): Word[] => [
    { word: text, start, end: start + 1, probability: 1 },
  ];
  const result = {
    text: "",
    language: "en",
    segments: [
      { ...segment(0, 1, " Hello.", words(" Hello.", 0)), channel: 0 },
      { ...segment(1, 2, " Who is it?", words(" Who is it?", 1)), channel: 1 },
      { ...segment(2, 3, " Me.", words(" Me.", 2)), channel: 1 },
    ],
  };

  it("says on which channel each was said", () => {
    assert.equal(toTxt(result), "Channel 0: Hello.\nChannel 1: Who is it?\nChannel 1: Me.\n");
    assert.match(toSrt(result), /^1\n00:00:00,000 --> 00:00:01,000\nChannel 0: Hello\.\n\n2\n/);
    assert.match(toVtt(result), /00:01\.000 --> 00:02\.000\n<v Channel 1>Who is it\?\n/);
    assert.match(
      toTsv(result),
      /^start\tend\ttext\tchannel\n0\t1000\tHello\.\t0\n1000\t2000\tWho is it\?\t1\n/,
    );
    assert.deepEqual(
      JSON.parse(toJson(result)).segments.map(({ channel }: { channel: number }) => channel),
      [0, 1, 1],
    );
  });

  it("puts no words of two channels into one cue", () => {
    const vtt = toVtt(result, { maxLineWidth: 40, maxLineCount: 2 });
    assert.deepEqual(vtt.match(/<v Channel .*/g), ["<v Channel 0>Hello.", "<v Channel 1>Who is it? Me."]);
  });

  it("counts the name of whoever speaks to the first line of each cue, where it is shown", () => {
    const said = [" aaaa", " bbbb", " cccc", " dddd"].flatMap((word, i) => words(word, i));
    const spoken = { ...result, segments: [{ ...segment(0, 4, " aaaa bbbb cccc dddd", said), speaker: 0 }] };
    const linesOf = (text: string) => text.split("\n").filter((line) => /[a-d]{4}/.test(line));
    const options = { maxLineWidth: 20, maxLineCount: 2 };
    assert.deepEqual(linesOf(toSrt(spoken, options)), ["Speaker 0: aaaa bbbb", "cccc dddd"]);
    assert.deepEqual(linesOf(toSrt(spoken, { maxLineWidth: 19, maxLineCount: 2 })), [
      "Speaker 0: aaaa",
      "bbbb cccc dddd",
    ]);
    assert.deepEqual(linesOf(toSrt(spoken, { maxLineWidth: 19, maxLineCount: 1 })), [
      "Speaker 0: aaaa",
      "Speaker 0: bbbb",
      "Speaker 0: cccc",
      "Speaker 0: dddd",
    ]);
    assert.deepEqual(linesOf(toVtt(spoken, options)), ["<v Speaker 0>aaaa bbbb cccc dddd"]);
  });
});

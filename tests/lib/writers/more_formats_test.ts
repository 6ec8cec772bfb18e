import assert from "node:assert/strict";
import { formatTranscription, type Segment, type Word } from "../../../lib/writers/format_transcription.ts";
import { describe, it } from "../../harness.ts";

function word(text: string, start: number, end: number, probability = 0.9): Word {
  return { word: text, start, end, probability };
}

function segment(id: number, words: Word[], more: Partial<Segment> = {}): Segment {
  const scores = {
    temperature: 0,
    avgLogprob: -0.1,
    compressionRatio: 1,
    noSpeechProb: 0,
    seek: 0,
    tokens: [],
  };
  const [start, end] = [words[0].start, words[words.length - 1].end];
  return { ...scores, id, start, end, text: words.map(({ word }) => word).join(""), words, ...more };
}

const SEGMENTS = [
  segment(0, [word(" Good", 0.5, 0.9), word(' "day",', 1, 1.5, 0.3)]),
  segment(1, [word(" {Ann}\\N", 3661.004, 3662)]),
];
const RESULT = { text: "", language: "en", segments: SEGMENTS };
const ON_CHANNELS = { ...RESULT, segments: SEGMENTS.map((each, channel) => ({ ...each, channel })) };
const BY_SPEAKERS = { ...RESULT, segments: SEGMENTS.map((each, i) => ({ ...each, speaker: 1 - i })) };
const withoutWords = SEGMENTS.map(({ words: _words, ...rest }) => rest);

describe("ass", () => {
  it("gives each word the time at which it lights up, and pauses theirs", () => {
    const lines = formatTranscription(RESULT, "ass").split("\n").filter((line) =>
      line.startsWith("Dialogue")
    );
    assert.deepEqual(lines, [
      'Dialogue: 0,0:00:00.50,0:00:01.50,Default,,0,0,0,,{\\k40}Good{\\k10}{\\k50} "day",',
      "Dialogue: 0,1:01:01.00,1:01:02.00,Default,,0,0,0,,{\\k100}\\{Ann\\}/N",
    ]);
  });

  it("writes the shortest pause, and full minutes and hours", () => {
    const words = [word(" a", 60, 60.5), word(" b", 60.51, 3600)];
    assert.match(
      formatTranscription({ ...RESULT, segments: [segment(0, words)] }, "ass"),
      /Dialogue: 0,0:01:00\.00,1:00:00\.00,Default,,0,0,0,,\{\\k50\}a\{\\k1\}\{\\k353949\} b\n/,
    );
  });

  it("lays lines out, marks unsure words, and has segments without words as they are", () => {
    const options = { maxLineWidth: 6, maxLineCount: 2, highlightUnsure: 0.5 };
    assert.match(
      formatTranscription(RESULT, "ass", options),
      /\{\\k40\}Good\{\\k10\}\{\\k50\}\{\\1c&H008CFF&\}\\N"day",\{\\1c\}\n/,
    );
    const plain = formatTranscription({ ...RESULT, segments: withoutWords }, "ass");
    assert.match(plain, /0:00:00\.50,0:00:01\.50,Default,,0,0,0,,Good "day",\n/);
  });

  it("has a style for every field of its header", () => {
    const fields = (name: string) =>
      new RegExp(`^${name}: (.*)$`, "m").exec(formatTranscription(RESULT, "ass"))![1].split(",").length;
    assert.equal(fields("Style"), fields("Format"));
  });
});

describe("csv", () => {
  it("has a line for each segment, with its quotes doubled, and the channel if there are", () => {
    assert.equal(
      formatTranscription(RESULT, "csv"),
      'start,end,text\n500,1500,"Good ""day"","\n3661004,3662000,"{Ann}\\N"\n',
    );
    assert.match(
      formatTranscription(ON_CHANNELS, "csv"),
      /^start,end,text,channel\n500,1500,"Good ""day"",",0\n/,
    );
  });
});

describe("speakers", () => {
  it("are named in every format that can say it", () => {
    assert.match(formatTranscription(BY_SPEAKERS, "txt"), /^Speaker 1: Good "day",\nSpeaker 0: /);
    assert.match(formatTranscription(BY_SPEAKERS, "srt"), /\nSpeaker 1: Good "day",\n/);
    assert.match(formatTranscription(BY_SPEAKERS, "vtt"), /\n<v Speaker 1>Good "day",\n/);
    assert.match(formatTranscription(BY_SPEAKERS, "ass"), /,Default,Speaker 1,0,0,0,,/);
    assert.match(formatTranscription(BY_SPEAKERS, "csv"), /^start,end,text,speaker\n.*,1\n.*,0\n/);
    assert.match(formatTranscription(BY_SPEAKERS, "tsv"), /^start\tend\ttext\tspeaker\n.*\t1\n/);
    assert.match(
      formatTranscription(BY_SPEAKERS, "rttm", { name: "a" }),
      /^SPEAKER a 1 0\.500 1\.000 <NA> <NA> speaker1 <NA> <NA>\n/,
    );
    const words = SEGMENTS[0].words!.map((each) => ({ ...each, speaker: 1 }));
    const { segments } = JSON.parse(
      formatTranscription({ ...RESULT, segments: [{ ...SEGMENTS[0], words, speaker: 1 }] }, "json"),
    );
    assert.deepEqual([segments[0].speaker, segments[0].words[1].speaker], [1, 1]);
  });

  it("have no cue together", () => {
    const options = { maxLineWidth: 80, maxLineCount: 2 };
    const near = [segment(0, [word(" Good", 0, 1)]), segment(1, [word(" day", 1, 2)])];
    const cuesOf = (speakers: number[]) => {
      const segments = near.map((each, i) => ({ ...each, speaker: speakers[i] }));
      return formatTranscription({ ...RESULT, segments }, "srt", options).match(/-->/g)!.length;
    };
    assert.deepEqual([cuesOf([0, 0]), cuesOf([0, 1])], [1, 2]);
  });
});

describe("ctm", () => {
  it("has a line for each word", () => {
    assert.equal(
      formatTranscription(ON_CHANNELS, "ctm", { name: "my talk" }),
      'my_talk 1 0.500 0.400 Good 0.9000\nmy_talk 1 1.000 0.500 "day", 0.3000\nmy_talk 2 3661.004 0.996 {Ann}\\N 0.9000\n',
    );
  });

  it("has what is said alone, on the first channel where there is one", () => {
    const silent: Word = { ...word(" no", 2, 3), spoken: false };
    const segments = [
      segment(0, [word(" yes", 0, 1), word(" ", 1, 2), silent]),
      segment(1, [word(" skipped", 4, 5)], { spoken: false }),
    ];
    assert.equal(formatTranscription({ ...RESULT, segments }, "ctm"), "audio 1 0.000 1.000 yes 0.9000\n");
  });

  it("wants words", () => {
    assert.throws(() => formatTranscription({ ...RESULT, segments: withoutWords }, "ctm"), /wordTimestamps/);
  });
});

describe("rttm", () => {
  it("tells who speaks where each has a channel, and else that it cannot", () => {
    assert.equal(
      formatTranscription(ON_CHANNELS, "rttm", { name: "call" }).split("\n")[1],
      "SPEAKER call 1 3661.004 0.996 <NA> <NA> channel1 <NA> <NA>",
    );
    assert.throws(() => formatTranscription(RESULT, "rttm"), { code: "INVALID_INPUT" });
  });
});

describe("highlightUnsure", () => {
  it("marks unsure words in text and subtitles, and nothing without it", () => {
    const options = { highlightUnsure: 0.5 };
    assert.match(formatTranscription(RESULT, "txt", options), /^Good \["day",\?\]\n/);
    assert.match(
      formatTranscription(RESULT, "srt", options),
      /\nGood <font color="#ff8c00">"day",<\/font>\n/,
    );
    assert.match(formatTranscription(RESULT, "vtt", options), /\nGood <c\.unsure>"day",<\/c>\n/);
    assert.match(formatTranscription(RESULT, "txt"), /^Good "day",\n/);
    assert.throws(() => formatTranscription(RESULT, "srt", { highlightUnsure: 2 }), RangeError);
  });

  it("marks no word that is as sure as was asked for", () => {
    for (const format of ["txt", "srt", "ass"] as const) {
      const marked = formatTranscription(RESULT, format, { highlightUnsure: 0.3 });
      assert.equal(marked, formatTranscription(RESULT, format));
    }
  });

  it("goes by the confidence of words that have one", () => {
    const words = [word(" Good", 0, 1, 0.2), word(" day", 1, 2, 0.9)];
    const [good, day] = words;
    const sure = [{ ...good, confidence: 0.8 }, { ...day, confidence: 0.3 }];
    const marked = { text: "", language: "en", segments: [segment(0, sure)] };
    const options = { highlightUnsure: 0.5 };
    assert.equal(formatTranscription(marked, "txt", options), "Good [day?]\n");
    assert.match(formatTranscription(marked, "ass", options), /Good\{\\k100\}\{\\1c&H008CFF&\} day/);
    assert.match(formatTranscription(marked, "ctm"), / Good 0\.8000\n.* day 0\.3000\n$/);
    assert.match(formatTranscription(marked, "html"), /<span data-t="0 1" data-p="80">Good<\/span>/);
  });

  it("does not count its marks as characters of a line", () => {
    const wide = formatTranscription(RESULT, "srt", { highlightUnsure: 0.5, maxLineWidth: 11 });
    assert.match(wide, /\nGood <font color="#ff8c00">"day",<\/font>\n/);
  });
});

describe("the time that cues stay", () => {
  const segments = [
    segment(0, [word(" twenty characters it", 0, 0.5)]),
    segment(1, [word(" has", 2, 3)]),
    segment(2, [word(" end", 3, 3.2)]),
  ];
  const times = (options: object) =>
    [...formatTranscription({ ...RESULT, segments }, "srt", options).matchAll(/(\S+) --> (\S+)/g)]
      .map(([, start, end]) => [start.slice(6), end.slice(6)]);

  it("is as long as reading them takes, until the next comes", () => {
    assert.deepEqual(times({ maxCharsPerSecond: 20 }), [["00,000", "01,000"], ["02,000", "03,000"], [
      "03,000",
      "03,200",
    ]]);
    assert.deepEqual(times({ maxCharsPerSecond: 5 })[0], ["00,000", "02,000"]);
    assert.deepEqual(times({ maxCharsPerSecond: 5 })[2], ["03,000", "03,600"]);
  });

  it("ends before the next comes", () => {
    assert.deepEqual(times({ minGap: 0.1 }), [["00,000", "00,500"], ["02,000", "02,900"], [
      "03,000",
      "03,200",
    ]]);
    assert.deepEqual(times({ minGap: 0.1, maxCharsPerSecond: 5 })[0], ["00,000", "01,900"]);
  });
});

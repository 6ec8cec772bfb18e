import assert from "node:assert/strict";
import { textLines } from "../../../lib/text/text_lines.ts";
import { describe, it } from "../../harness.ts";

describe("textLines()", () => {
  it("gives the lines of plain text that are not empty", () => {
    assert.deepEqual(textLines("\ufeffOne  two\r\n\r\n three\n"), ["One two", "three"]);
  });

  it("gives the text of each cue of SubRip, line by line, without numbers, times and tags", () => {
    const srt = "1\n00:00:00,000 --> 00:00:02,500\nOne <i>two</i>\n{\\an8}three\n\n" +
      "2\r\n01:00:02,500 --> 01:00:04,000 X1:1\n1984\n\n3\n00:00:05,000 --> 00:00:06,000\n\n";
    assert.deepEqual(textLines(srt), ["One two\nthree", "1984"]);
  });

  it("gives the text of each cue of WebVTT, without notes, styles and names of cues", () => {
    const vtt = "WEBVTT - talk\nKind: captions\n\nNOTE not said\nat all\n\nSTYLE\n::cue {}\n\nfirst\n" +
      "00:01.000 --> 00:02.000 align:start\n<v Ann>Salt &amp; <00:01.500>pepper</v>\n\n00:03.000 --> 00:04.000\nNOTED & done\n";
    assert.deepEqual(textLines(vtt), ["Salt & pepper", "NOTED & done"]);
  });

  it("leaves out whose voice it is, as our own writers tell it", () => {
    assert.deepEqual(textLines("Speaker 0: One.\nChannel 12: Two: three.\nA speaker 1: four.\n"), [
      "One.",
      "Two: three.",
      "A speaker 1: four.",
    ]);
    const srt = "1\n00:00:00,000 --> 00:00:02,500\nSpeaker 1: One\ntwo\n";
    assert.deepEqual(textLines(srt), ["One\ntwo"]);
  });

  it("gives the segments of a transcription's JSON", () => {
    assert.deepEqual(textLines('{"text": " a b", "segments": [{"text": " a"}, {"text": " b\\nc"}]}'), [
      "a",
      "b c",
    ]);
    assert.deepEqual(textLines('{"text": " a b"}'), ["a b"]);
    assert.deepEqual(textLines("{not json}"), ["{not json}"]);
  });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { formatTranscription, toHtml } from "../../../../lib/writers/format_transcription.ts";
import { PAGE } from "../../../../lib/writers/report/page_files.ts";
import { makeReportPage } from "../../../../scripts/page/embed.ts";
import { describe, it } from "../../../harness.ts";
import { HOSTILE, RESULT, segmentOf } from "./report_fixture.ts";

const waveform = { peaks: Float32Array.of(0, 0.5, 0.25, 0), secondsPerPeak: 7, duration: 27 };

describe("the page of a transcription", () => {
  it("has the script and the style of its folder", () => {
    const message = "the page has changed: run deno run -A scripts/page/embed.ts";
    assert.deepEqual(PAGE, makeReportPage(), message);
  });

  it("runs and fetches nothing but its own script and style, which its policy names by their hashes", () => {
    const html = toHtml(RESULT, { waveform });
    const [policy] = /(?<=http-equiv="Content-Security-Policy" content=")[^"]+/.exec(html)!;
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|https?:/);
    for (const tag of ["script", "style"]) {
      const texts = [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))].map(([, text]) => text);
      assert.equal(texts.length, 1);
      assert.ok(policy.includes(createHash("sha256").update(texts[0]).digest("base64")));
    }
    assert.doesNotMatch(html, /<\w[^>]*\ssrc=|@import|[:\s]url\(|https?:\/\//);
  });

  it("takes every text for text, wherever it stands", () => {
    const name = `${HOSTILE}.mp3`;
    const html = toHtml({ ...RESULT, language: HOSTILE }, { name, recording: name, waveform });
    assert.ok(!html.includes("<img"));
    assert.ok(!html.includes("\u0000"));
    assert.ok(html.isWellFormed());
    assert.equal(html.split("</script>").length, 2);
    // The name, the heading, its address, the language, the word, the attempt, what was left out.
    const escaped =
      "&#60;/script&#62;&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;amp;&#39;\ufffd\ufffd";
    assert.ok(html.split(escaped).length > 7, String(html.split(escaped).length));
  });

  it("names a speaker where another takes over, and says how many there are", () => {
    const segments = [0, 0, 1, 0].map((speaker, i) => segmentOf(i, 2 * i, [[" Yes.", 0.9]], { speaker }));
    const html = toHtml({ ...RESULT, segments });
    const named = [...html.matchAll(/<span class="segment__voice (voice-\d)">(.*?):<\/span>/g)];
    assert.deepEqual(named.map(([, colour, name]) => [colour, name]), [
      ["voice-0", "Speaker 0"],
      ["voice-1", "Speaker 1"],
      ["voice-0", "Speaker 0"],
    ]);
    assert.match(html, /4 words · 2 speakers</);
    assert.doesNotMatch(toHtml(RESULT), /\d speaker/);
  });

  it("shows words by their confidence, channels, windows and what was rejected", () => {
    const html = formatTranscription(RESULT, "html", { name: "talk", recording: "talk.mp3", waveform });
    assert.match(html, /<title>talk<\/title>/);
    assert.match(html, /data-recording="talk\.mp3"/);
    assert.match(html, /English · 0:27 · 5 words/);
    assert.match(
      html,
      /<span data-t="1 1\.4" data-p="95">Good<\/span> <span class="unsure-1" data-t="1\.5 1\.9"/,
    );
    assert.match(html, /<span class="unsure-3" data-t="2 2\.4" data-p="20">Ann\.<\/span>/);
    assert.match(html, /<span class="segment__voice voice-1">Channel 1:<\/span>/);
    assert.match(html, /Temperature 0\.0, not used, it repeats itself/);
    assert.match(html, /Left out 0:20 to 0:22, may be hallucinated between silences/);
    assert.match(html, /data-speech="0 8 20 27"/);
    // Of the two unsure words the less sure one comes first.
    const [, ...doubts] = html.split('<li class="doubt">');
    assert.deepEqual(doubts.map((doubt) => /(\d+) %/.exec(doubt)![1]), ["20", "40"]);
  });

  it("does with segments alone, and says where nobody speaks", () => {
    const [segment] = RESULT.segments;
    const { words: _words, channel: _channel, ...plain } = segment;
    const html = toHtml({ text: "", language: "en", segments: [plain] });
    assert.match(html, /<p class="segment__text" dir="auto">Good morning, Ann\.<\/p>/);
    assert.doesNotMatch(html, /Words to check|Windows|Confidence in words/);
    assert.match(toHtml({ text: "", language: "xx-1", segments: [] }), /Nobody is heard speaking/);
  });

  it("tells what of a known text is not spoken, and what is spoken beside it", () => {
    const [segment] = RESULT.segments;
    const segments = [{ ...segment, spoken: false, words: [{ ...segment.words![0], spoken: false }] }];
    const extraSpeech = [{ start: 0, end: 1, text: " Well.", probability: 0.9 }];
    const html = toHtml({ ...RESULT, segments, extraSpeech });
    assert.match(html, /Not spoken:<\/span> <s>Good<\/s>/);
    assert.ok(html.indexOf("Not in the text:</span> Well.") < html.indexOf("Not spoken:"));
  });

  it("refuses what is no option and no waveform", () => {
    assert.throws(() => toHtml(RESULT, { wavform: waveform } as object), { code: "UNKNOWN_OPTION" });
    assert.throws(() => toHtml(RESULT, { waveform: {} as never }), TypeError);
  });
});

import assert from "node:assert/strict";
import { formatTranscription, toSvg } from "../../../../lib/writers/format_transcription.ts";
import { describe, it } from "../../../harness.ts";
import { HOSTILE, RESULT, segmentOf } from "./report_fixture.ts";

const heightOf = (svg: string) => Number(/<svg [^>]*height="([\d.]+)"/.exec(svg)![1]);
const textsOf = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>([^]*?)<\/text>/g)].map(([, text]) => text.replaceAll(/<[^>]*>/g, ""));

/** As many seconds of segments of eight. */
function spoken(duration: number) {
  const words = Array.from({ length: 14 }, (_, i) => [` word${i}`, (i % 10) / 10] as const);
  const segments = Array.from({ length: duration / 8 }, (_, id) => segmentOf(id, id * 8, words));
  const peaks = new Float32Array(duration * 10).fill(0.5);
  return { result: { ...RESULT, segments }, waveform: { peaks, secondsPerPeak: 0.1, duration } };
}

describe("the picture of a transcription", () => {
  it("has the waveform, the words by their confidence as text, channels and windows", () => {
    const waveform = { peaks: new Float32Array(2700).fill(0.5), secondsPerPeak: 0.01, duration: 27 };
    const svg = formatTranscription(RESULT, "svg", { name: "talk", waveform });
    assert.match(svg, /<path class="w" d="M[\d.]+ 12v44/);
    assert.match(
      svg,
      /<text x="[\d.]+" y="87">Good<tspan class="u1"> morning,<\/tspan><tspan class="u3"> Ann/,
    );
    assert.ok(textsOf(svg).includes("Channel 1"));
    assert.match(svg, /<title>transcribed: 2 segments, 2 attempts, 1 left out<\/title>/);
  });

  it("is as high as a page for a minute, and no endless strip for an hour", () => {
    const [minute, hour] = [64, 3600].map(spoken).map(({ result, waveform }) => toSvg(result, { waveform }));
    assert.ok(heightOf(minute) > 500 && heightOf(minute) < 1000, String(heightOf(minute)));
    assert.ok(heightOf(hour) > 5000 && heightOf(hour) < 20_000, String(heightOf(hour)));
    assert.ok(hour.length < 2_000_000, String(hour.length));
    // Every word is there once.
    assert.equal(textsOf(hour).join(" ").split(/\bword\d+\b/).length - 1, 450 * 14);
  });

  it("has rows as long as it is told", () => {
    const { result, waveform } = spoken(64);
    const rows = (secondsPerRow: number) =>
      toSvg(result, { waveform, secondsPerRow }).split("<g transform").length - 1;
    assert.deepEqual([rows(8), rows(30)], [8, 3]);
    assert.throws(() => toSvg(result, { secondsPerRow: 0 }), RangeError);
  });

  it("spreads the text of segments without words over their time", () => {
    const { words: _words, ...plain } = segmentOf(0, 5, [[" one", 1], [" two", 1], [" three", 1], [
      " four",
      1,
    ]]);
    const segments = [{ ...plain, start: 5, end: 15 }];
    const texts = textsOf(toSvg({ ...RESULT, segments }, { secondsPerRow: 10 }));
    assert.ok(texts.includes("one two") && texts.includes("three four"), texts.join("|"));
  });

  it("takes text for text, and has no character that XML has not", () => {
    const svg = toSvg(RESULT, { name: HOSTILE });
    assert.doesNotMatch(svg, /<img|<\/script/);
    assert.ok(svg.isWellFormed());
    // deno-lint-ignore no-control-regex -- they are what is looked for
    assert.doesNotMatch(svg, /[\0-\x08]/);
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  });
});

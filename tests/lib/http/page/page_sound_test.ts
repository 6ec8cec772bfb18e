/** What the page makes of sound. */
import assert from "node:assert/strict";
import { decodeAudio } from "../../../../mod.ts";
import { heightsOf, peaksOf } from "../../../../lib/http/page/client/sound/peaks.js";
import { speechMarks } from "../../../../lib/http/page/client/sound/speech_marks.js";
import { encodeWav } from "../../../../lib/http/page/client/sound/wav.js";
import { describe, it } from "../../../harness.ts";

describe("the picture of a recording", () => {
  it("is as high as the loudest sample of each part, the loudest part filling it", () => {
    const samples = Float32Array.of(0, 0.1, -0.5, 0.2, 0, 0, 0.25, 0);
    assert.deepEqual([...heightsOf(peaksOf(samples, 4))].map((peak) => Math.round(100 * peak)), [
      20,
      100,
      0,
      50,
    ]);
  });

  it("leaves near silence low, and shows a recording that is shorter than its bars", () => {
    assert.ok(Math.max(...heightsOf(peaksOf(new Float32Array(100).fill(0.001), 10))) < 0.03);
    assert.deepEqual([...peaksOf(Float32Array.of(1), 3)], [1, 1, 1]);
    assert.deepEqual([...heightsOf(peaksOf(new Float32Array(0), 2))], [0, 0]);
  });

  it("marks speech where words are, joined over short pauses", () => {
    const words = [[0, 1], [1.1, 2], [2.5, 3]].map(([start, end]) => ({ start, end }));
    const segments = [{ start: 0, end: 3, words }, { start: 5, end: 6 }, { start: 6.1, end: 7, words: [] }];
    assert.deepEqual(speechMarks(segments), [{ start: 0, end: 2 }, { start: 2.5, end: 3 }, {
      start: 5,
      end: 7,
    }]);
    assert.deepEqual(speechMarks([]), []);
  });
});

describe("what was recorded", () => {
  it("is a WAV file that the library reads", async () => {
    const samples = Float32Array.from({ length: 1600 }, (_, i) => 0.5 * Math.sin(i / 10));
    samples[7] = 3;
    const read = await decodeAudio(encodeWav(samples, 16_000));
    assert.equal(read.length, samples.length);
    const furthest = Math.max(...read.map((sample, i) => Math.abs(sample - Math.min(1, samples[i]))));
    assert.ok(furthest < 1e-4, String(furthest));
  });
});

import assert from "node:assert/strict";
import { SpeechDetector } from "../../../lib/vad/speech_detector.ts";
import { vadSettings } from "../../../lib/vad/vad_options.ts";
import { describe, it } from "../../harness.ts";

const DEFAULTS = {
  threshold: 0.5,
  minSpeechDuration: 0,
  minSilenceDuration: 0,
  speechPad: 0,
  maxSpeechDuration: Infinity,
};
const settings = vadSettings("detect speech", {}, DEFAULTS);

/** Takes the first sample of a frame for its probability of speech; keeps the lengths it was given. */
class FakeListener {
  readonly lengths: number[] = [];
  disposed = 0;

  hear(samples: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    this.lengths.push(samples.length);
    return Promise.resolve(Float32Array.from({ length: samples.length / 512 }, (_, i) => samples[512 * i]));
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

describe("SpeechDetector", () => {
  it("finds the same whatever the pieces are", async () => {
    // 400 frames and a half, loud in frames 100 to 299 and from 350 on.
    const samples = new Float32Array(400.5 * 512).fill(1, 100 * 512, 300 * 512).fill(1, 350 * 512);
    for (const size of [1000, 512, 7777, samples.length]) {
      using detector = new SpeechDetector(new FakeListener());
      for (let at = 0; at < samples.length; at += size) await detector.push(samples.subarray(at, at + size));
      const spans = await detector.finish(settings);
      assert.equal(detector.probabilities().length, 401);
      // On whole frames of 10 ms, and up to the end.
      assert.deepEqual(
        spans,
        [{ start: 51200, end: 153600 }, { start: 179200, end: samples.length }],
        `${size}`,
      );
    }
  });

  it("goes on to no frame of 10 ms that the recording does not have", async () => {
    const samples = new Float32Array(12300).fill(1, 0, 24 * 512);
    using detector = new SpeechDetector(new FakeListener());
    await detector.push(samples);
    assert.deepEqual(await detector.finish(settings), [{ start: 0, end: 12300 }]);
  });

  it("hears the last, incomplete frame with silence after it", async () => {
    const listener = new FakeListener();
    using detector = new SpeechDetector(listener);
    await detector.push(new Float32Array(700));
    await detector.finish(settings);
    assert.deepEqual(listener.lengths, [1024]);
  });

  it("hears nothing of nothing, and lets its listener go", async () => {
    const listener = new FakeListener();
    {
      using detector = new SpeechDetector(listener);
      assert.deepEqual(await detector.finish(settings), []);
    }
    assert.deepEqual([listener.lengths, listener.disposed], [[], 1]);
  });
});

describe("vadSettings()", () => {
  it("lets speech go on a little below where it begins", () => {
    const { negThreshold } = vadSettings("test", { threshold: 0.6 }, DEFAULTS);
    assert.ok(Math.abs(negThreshold - 0.45) < 1e-9);
    assert.equal(vadSettings("test", { threshold: 0.1 }, DEFAULTS).negThreshold, 0.01);
    assert.equal(vadSettings("test", { threshold: 0.005 }, DEFAULTS).negThreshold, 0.005);
    assert.equal(vadSettings("test", { threshold: 0.3, negThreshold: 0.3 }, DEFAULTS).negThreshold, 0.3);
  });

  it("refuses what is no option, and what it cannot be", () => {
    const refused = (options: object, pattern: RegExp) =>
      assert.throws(() => vadSettings("detect speech", options, DEFAULTS), pattern);
    refused({ treshold: 0.5 }, /Cannot detect speech: "treshold" is not an option: did you mean "threshold"/);
    refused({ threshold: 1 }, /threshold is 1, wanted a probability above 0 and below 1/);
    refused({ negThreshold: 0.9 }, /negThreshold is 0.9, wanted no more than threshold is, 0.5$/);
    refused({ speechPad: -1 }, /speechPad is -1, wanted seconds from 0 up/);
    refused({ maxSpeechDuration: 0.5 }, /maxSpeechDuration is 0.5, wanted seconds from 1 up/);
  });
});

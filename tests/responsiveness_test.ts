import assert from "node:assert/strict";
import { openLibrary } from "../ffi/library.ts";
import { decodeAudio } from "../lib/audio/decode.ts";
import { loadModel } from "../mod.ts";
import { describe, fixture, it } from "./balance.ts";

const model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
const samples = (await decodeAudio(fixture("sense.wav"))).subarray(0, 10 * 16000);

/** Runs something beside a timer of 5 ms, and gives the most milliseconds that the timer was late. */
async function worstDelay(work: () => Promise<unknown>): Promise<number> {
  const INTERVAL = 5;
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - INTERVAL);
    last = now;
  }, INTERVAL);
  try {
    await work();
    return worst;
  } finally {
    clearInterval(timer);
  }
}

describe("the event loop", () => {
  it("is never held up for 50 ms while a transcription runs", async () => {
    const delays: number[] = [];
    // A busy machine holds every process up now and then; a blocking call would every time.
    for (let attempt = 0; attempt < 8 && !(Math.min(...delays) < 50); attempt++) {
      delays.push(
        await worstDelay(() => model.transcribe(samples, { wordTimestamps: true, temperature: 0 })),
      );
    }
    assert.ok(Math.min(...delays) < 50, `the timer was late by ${delays.map(Math.round).join(", ")} ms`);
  });
});

describe("a step of the decoder", () => {
  it("makes fewer than 40 native calls", async () => {
    const { api } = await openLibrary();
    const original = { ...api };
    let calls = 0;
    using features = await model.embedAudio({ nMels: 80, nFrames: 3000, data: new Float32Array(80 * 3000) });
    const counting = Object.entries(original).map(([name, call]) => [name, (...args: never[]) => {
      calls++;
      return (call as (...args: never[]) => unknown)(...args);
    }]);
    try {
      Object.assign(api, Object.fromEntries(counting));
      await model.decode(features, { sampleLen: 20, withoutTimestamps: true, suppressTokens: [50256] });
      const short = calls;
      calls = 0;
      await model.decode(features, { sampleLen: 60, withoutTimestamps: true, suppressTokens: [50256] });
      const perStep = (calls - short) / 40;
      assert.ok(perStep < 40, `${perStep} calls a step`);
      assert.ok(perStep >= 1, "the calls were counted");
    } finally {
      Object.assign(api, original);
    }
  });
});

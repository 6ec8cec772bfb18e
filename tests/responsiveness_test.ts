import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { openLibrary } from "../ffi/library.ts";
import { decodeAudio } from "../lib/audio/decode.ts";
import { loadModel } from "../mod.ts";
import { describe, fixture, it } from "./balance.ts";

const model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
const samples = (await decodeAudio(fixture("sense.wav"))).subarray(0, 10 * 16000);

/** Milliseconds that this thread has waited for a processor that others had, as Linux tells; 0 elsewhere. */
function waited(): number {
  try {
    const [, nanoseconds] = readFileSync("/proc/thread-self/schedstat", "latin1").split(" ");
    return Number(nanoseconds) / 1e6;
  } catch {
    return 0;
  }
}

/**
 * Runs something beside a timer of 5 ms, and gives the most milliseconds that the timer was late, without those in which
 * other programs had the processors.
 */
async function worstDelay(work: () => Promise<unknown>): Promise<number> {
  const INTERVAL = 5;
  let worst = 0;
  let last = performance.now(), lastWaited = waited();
  const timer = setInterval(() => {
    const now = performance.now(), nowWaited = waited();
    worst = Math.max(worst, now - last - (nowWaited - lastWaited) - INTERVAL);
    [last, lastWaited] = [now, nowWaited];
  }, INTERVAL);
  try {
    await work();
    return worst;
  } finally {
    clearInterval(timer);
  }
}

describe("the event loop", () => {
  it("is never held up for 50 ms while transcriptions run", async () => {
    const delays: number[] = [];
    // A collection of garbage or a machine that stands still holds it up now and then; a blocking call would every time.
    for (let attempt = 0; attempt < 4 && !(Math.min(...delays) < 50); attempt++) {
      const options = { wordTimestamps: true, temperature: 0 };
      delays.push(
        await worstDelay(() => Promise.all([0, 1, 2].map(() => model.transcribe(samples, options)))),
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

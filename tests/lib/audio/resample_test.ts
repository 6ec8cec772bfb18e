import assert from "node:assert/strict";
import { Resampler } from "../../../lib/audio/resample.ts";
import { describe, it } from "../../harness.ts";

function resample(
  samples: Float32Array,
  from: number,
  to: number,
  piece = samples.length || 1,
): Float32Array {
  const resampler = new Resampler(from, to);
  const parts: Float32Array[] = [];
  for (let i = 0; i < samples.length; i += piece) {
    parts.push(resampler.push(samples.subarray(i, i + piece)).slice());
  }
  parts.push(resampler.finish());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function sine(hz: number, rate: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.9 * Math.sin(2 * Math.PI * hz * i / rate));
}

/** Decibels of `samples` over its difference from `expected`, the ends left out. */
function signalToNoise(samples: Float32Array, expected: Float32Array): number {
  let signal = 0, noise = 0;
  for (let i = 500; i < expected.length - 500; i++) {
    signal += expected[i] ** 2;
    noise += (samples[i] - expected[i]) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

describe("Resampler", () => {
  // 44101, 22051 and 11024 share next to no divisor with 16000: filters between two phases are interpolated.
  for (const from of [8000, 11025, 11024, 12000, 22050, 22051, 32000, 44100, 44101, 48000, 96000, 192000]) {
    it(`keeps tones of speech from ${from} Hz in place and in shape`, () => {
      for (const hz of [100, 1000, 0.36 * Math.min(from, 16000), 0.425 * Math.min(from, 16000)]) {
        const output = resample(sine(hz, from, from / 2), from, 16000);
        assert(signalToNoise(output, sine(hz, 16000, 8000)) > 110, `${hz} Hz`);
      }
    });
  }

  it("removes what the lower rate cannot hold", () => {
    for (const from of [44100, 44101, 48000]) {
      for (const hz of [9500, 12000, 20000]) {
        const output = resample(sine(hz, from, from / 2), from, 16000).subarray(500, -500);
        // 110 dB below the input's 0.9.
        assert(output.every((value) => Math.abs(value) < 0.9 * 10 ** (-110 / 20)), `${hz} Hz at ${from} Hz`);
      }
    }
  });

  it("keeps a constant the same at every phase", () => {
    for (const from of [44100, 44101, 8000, 11025]) {
      const output = resample(new Float32Array(4000).fill(0.5), from, 16000).subarray(200, -200);
      assert(output.every((value) => Math.abs(value - 0.5) < 1e-6));
    }
  });

  it("gives the same samples whatever the pieces", () => {
    const samples = sine(440, 44100, 5000);
    const whole = resample(samples, 44100, 16000);
    for (const piece of [1, 7, 441, 4999]) assert.deepEqual(resample(samples, 44100, 16000, piece), whole);
  });

  it("gives two recordings their own samples, though they share filters", () => {
    const [high, low] = [sine(2000, 44100, 40000), sine(300, 44100, 40000)];
    const resamplers = [high, low].map(() => new Resampler(44100, 16000));
    const parts: Float32Array[][] = [[], []];
    for (let start = 0; start < 40000; start += 10000) {
      [high, low].forEach((samples, i) =>
        parts[i].push(resamplers[i].push(samples.subarray(start, start + 10000)).slice())
      );
    }
    [high, low].forEach((samples, i) => {
      const output = Float32Array.from([...parts[i], resamplers[i].finish()].flatMap((part) => [...part]));
      assert.deepEqual(output, resample(samples, 44100, 16000));
    });
  });

  it("gives as many samples as the duration has, rounded up", () => {
    for (const from of [1000, 8000, 44100, 44101, 1536000]) {
      for (const count of [0, 1, 2, 10, 441, 999]) {
        const output = resample(new Float32Array(count).fill(0.1), from, 16000);
        assert.equal(output.length, Math.ceil(count * 16000 / from), `${count} samples at ${from} Hz`);
        assert(output.every(Number.isFinite));
      }
    }
  });

  it("leaves samples alone when the rates are the same but for the filter", () => {
    assert(signalToNoise(resample(sine(3000, 16000, 8000), 16000, 16000), sine(3000, 16000, 8000)) > 95);
  });

  it("refuses rates that are not positive whole numbers", () => {
    for (const rate of [0, -1, 44100.5, NaN, Infinity]) {
      assert.throws(() => new Resampler(rate, 16000), RangeError);
    }
  });
});

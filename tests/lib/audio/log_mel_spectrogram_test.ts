import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio } from "../../../lib/audio/decode.ts";
import { logMelSpectrogram, type MelSpectrogram, melWindow } from "../../../lib/audio/log_mel_spectrogram.ts";
import { describe, fixture, isEmulated, it, itNeeds, shared } from "../../harness.ts";

/** Samples and frames of a window. */
const N_SAMPLES = 480000;
const N_FRAMES = 3000;

/** The signal of tests/fixtures/audio/make_mel.py. */
function signal(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, (_, i) => {
    state = (state * 75 + 74) % 65537;
    return Math.floor((state - 32768) * (i % 4000) / 4000) / 32768;
  });
}

function readFloats(path: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

describe("logMelSpectrogram()", () => {
  for (const nMels of [80, 128]) {
    it(`equals openai/whisper's with ${nMels} bands and no padding`, async () => {
      const mel = await logMelSpectrogram(signal(9600), { nMels });
      assert.deepEqual([mel.nMels, mel.nFrames], [nMels, 60]);
      // A float32 transform, like the reference's, reaches 5e-5.
      assert(largestDifference(mel.data, readFloats(fixture(`audio/log_mel_${nMels}.f32`))) < 1e-4);
    });
  }

  for (const model of ["tiny.en", "base"]) {
    const clips = ["0870", "0880", "0890", "0920", "0930"].map((sentence) => `sense-${sentence}`);
    for (const clip of ["jfk-16k", ...clips, "sense", "long"]) {
      const audio = shared(`audio/${clip}.wav`);
      const reference = shared(`reference/${model}/${clip}/mel.f32`);
      itNeeds(
        audio.missing ?? reference.missing,
        `equals the reference of ${model} for ${clip}`,
        async () => {
          const mel = await logMelSpectrogram(await decodeAudio(audio.path), {
            nMels: 80,
            padding: N_SAMPLES,
          });
          const window = melWindow(mel, 0, mel.nFrames - N_FRAMES, N_FRAMES);
          assert(largestDifference(window, readFloats(reference.path)) < 1e-4);
        },
      );
    }
  }

  it("gives the same for padding as for zeros, near the end of the audio too", async () => {
    for (const length of [0, 1, 159, 200, 1601, 4000]) {
      for (const padding of [240, 400, 1000, 4800]) {
        const zeros = new Float32Array(length + padding);
        zeros.set(signal(length));
        const padded = await logMelSpectrogram(signal(length), { nMels: 80, padding });
        assert.deepEqual(padded, await logMelSpectrogram(zeros, { nMels: 80 }));
      }
    }
  });

  it("is even for silence", async () => {
    const { data } = await logMelSpectrogram(new Float32Array(0), { nMels: 80, padding: N_SAMPLES });
    assert(data.every((value) => value === -1.5));
  });

  it("refuses audio too short to mirror, and takes one sample more", async () => {
    await assert.rejects(logMelSpectrogram(new Float32Array(200), { nMels: 80 }), RangeError);
    await assert.rejects(logMelSpectrogram(new Float32Array(0), { nMels: 80 }), /0 samples are too few/);
    assert.equal((await logMelSpectrogram(new Float32Array(201), { nMels: 80 })).nFrames, 1);
  });

  it("lets timers run meanwhile", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await logMelSpectrogram(signal((isEmulated ? 30 : 240) * 16000), { nMels: 80 });
    clearInterval(timer);
    assert(ticks >= 3, `${ticks} ticks`);
  });

  it("stops when its signal is aborted, before and meanwhile", async () => {
    const reason = new Error("no longer wanted");
    const options = { nMels: 80, padding: N_SAMPLES };
    const aborted = logMelSpectrogram(signal(16000), { ...options, signal: AbortSignal.abort(reason) });
    await assert.rejects(aborted, reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1);
    const samples = new Float32Array(600 * 16000).fill(0.1);
    await assert.rejects(logMelSpectrogram(samples, { ...options, signal: controller.signal }), reason);
  });
});

describe("melWindow()", () => {
  const mel: MelSpectrogram = { nMels: 2, nFrames: 4, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };

  it("cuts frames out of every band", () => {
    assert.deepEqual([...melWindow(mel, 1, 2, 2)], [2, 3, 6, 7]);
  });

  it("adds zero frames behind, and drops frames beyond the window", () => {
    assert.deepEqual([...melWindow(mel, 2, 1, 3)], [3, 0, 0, 7, 0, 0]);
    assert.deepEqual([...melWindow(mel, 0, 4, 3)], [1, 2, 3, 5, 6, 7]);
  });

  it("stops at the end of the spectrogram", () => {
    assert.deepEqual([...melWindow(mel, 3, 9, 3)], [4, 0, 0, 8, 0, 0]);
    assert.deepEqual([...melWindow(mel, 4, 2, 2)], [0, 0, 0, 0]);
  });
});

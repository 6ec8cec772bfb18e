import assert from "node:assert/strict";
import { decodeAudio, measureWaveform } from "../../../../mod.ts";
import { WaveformMeter } from "../../../../lib/audio/waveform/waveform_meter.ts";
import { describe, fixture, it } from "../../../harness.ts";

function measured(samples: Float32Array, piece: number, most?: number) {
  const meter = new WaveformMeter(most);
  for (let i = 0; i < samples.length; i += piece) meter.push(samples.subarray(i, i + piece));
  return meter.waveform();
}

describe("the waveform of a recording", () => {
  it("is the largest magnitude of each part, however the samples come", () => {
    const samples = new Float32Array(400);
    samples[3] = 0.5;
    samples[170] = -0.75;
    samples[399] = 0.25;
    for (const piece of [1, 7, 160, 400]) {
      assert.deepEqual(measured(samples, piece), {
        peaks: Float32Array.of(0.5, 0.75, 0.25),
        secondsPerPeak: 0.01,
        duration: 0.025,
      });
    }
  });

  it("takes no more parts than it may, of a recording of any length", () => {
    const samples = new Float32Array(160 * 9);
    for (let part = 0; part < 9; part++) samples[160 * part + 5] = (part + 1) / 10;
    const { peaks, secondsPerPeak, duration } = measured(samples, 100, 4);
    assert.deepEqual(peaks, Float32Array.of(0.4, 0.8, 0.9));
    assert.equal(secondsPerPeak, 0.04);
    assert.equal(duration, 0.09);
  });

  it("is measured of a file as of its samples", async () => {
    const path = fixture("sense.wav");
    const found = await measureWaveform(path);
    assert.deepEqual(found, await measureWaveform(await decodeAudio(path)));
    assert.ok(Math.abs(found.duration - 27.13) < 0.01, String(found.duration));
    assert.ok(Math.max(...found.peaks) > 0.1);
  });

  it("refuses what is no option", async () => {
    await assert.rejects(measureWaveform(new Float32Array(1), { chanel: 1 } as object), {
      code: "UNKNOWN_OPTION",
    });
  });
});

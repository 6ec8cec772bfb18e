import assert from "node:assert/strict";
import type { MelSpectrogram } from "../../../../lib/audio/log_mel_spectrogram.ts";
import { cutInQuiet, quietestFrame } from "../../../../lib/transcription/windows/cuts.ts";
import { describe, it } from "../../../harness.ts";

/** A recording that is loud but for some frames. */
function loudBut(frames: number, quiet: readonly [from: number, to: number][]): MelSpectrogram {
  const nMels = 2;
  const data = new Float32Array(nMels * frames).fill(1);
  for (const [from, to] of quiet) {
    for (let band = 0; band < nMels; band++) data.fill(-1, band * frames + from, band * frames + to);
  }
  return { nMels, nFrames: frames, data };
}

describe("cutInQuiet()", () => {
  it("cuts in the middle of the longest silence of the last seconds", () => {
    assert.equal(cutInQuiet(loudBut(3000, [[0, 400], [2800, 2805], [2850, 2870]])), 2860);
  });

  it("looks no further back than three seconds, and takes all of what is shorter", () => {
    assert.equal(cutInQuiet(loudBut(3000, [[2600, 2650]])), 2990);
    assert.equal(cutInQuiet(loudBut(200, [[0, 20]])), 10);
  });

  it("hears every band", () => {
    for (const band of [0, 1]) {
      const mel = loudBut(3000, []);
      mel.data.fill(-1, band * 3000 + 2850, band * 3000 + 2870);
      assert.equal(cutInQuiet(mel), 2860);
    }
  });

  it("cuts late where it is equally loud everywhere", () => {
    assert.equal(cutInQuiet(loudBut(3000, [])), 2990);
  });
});

describe("quietestFrame()", () => {
  it("takes the last of equals, and all of what is short", () => {
    assert.equal(quietestFrame(Float32Array.of(5, 1, 1, 5, 1, 1, 5), 2), 5);
    assert.equal(quietestFrame(Float32Array.of(5, 1), 20), 1);
  });
});

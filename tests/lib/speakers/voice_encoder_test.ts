import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { openLibrary } from "../../../ffi/library.ts";
import { VOICE_SIZE, VoiceEncoder } from "../../../lib/speakers/ge2e/voice_encoder.ts";
import { voiceMel } from "../../../lib/speakers/ge2e/voice_mel.ts";
import { decodeAudio } from "../../../mod.ts";
import { describe, fixture, it } from "../../harness.ts";

const reference: { frames: number; starts: number[]; voices: number[][] } = JSON.parse(
  readFileSync(fixture("speakers/sense.json"), "utf-8"),
);

describe("VoiceEncoder", () => {
  it("hears the voices that Resemblyzer hears", async () => {
    using encoder = await VoiceEncoder.open(await openLibrary({}));
    const mel = await voiceMel(await decodeAudio(fixture("sense.wav")));
    const voices = await encoder.embed(mel, reference.starts, reference.frames);
    for (const [i, wanted] of reference.voices.entries()) {
      const voice = voices.subarray(i * VOICE_SIZE, (i + 1) * VOICE_SIZE);
      const cosine = wanted.reduce((sum, value, k) => sum + value * voice[k], 0);
      assert.ok(cosine > 0.9999, `window ${i}: ${cosine}`);
    }
  });

  it("hears the same however quiet speech is", async () => {
    using encoder = await VoiceEncoder.open(await openLibrary({}));
    const samples = (await decodeAudio(fixture("sense.wav"))).subarray(16000, 48000);
    const heard = async (gain: number) =>
      await encoder.embed(await voiceMel(samples.map((value) => gain * value)), [0], 160);
    const [a, b] = [await heard(1 / 20), await heard(1 / 1000)];
    assert.ok(a.reduce((sum, value, i) => sum + value * b[i], 0) > 0.9999);
  });
});

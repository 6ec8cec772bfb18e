import assert from "node:assert/strict";
import { decodeAudio } from "../../../lib/audio/decode.ts";
import { hearAudio, hearChannels } from "../../../lib/audio/heard_audio.ts";
import { SampleCollector } from "../../../lib/audio/recording/sample_collector.ts";
import type { SearchedAudio } from "../../../lib/audio/searched_audio.ts";
import { AudioDecodeError } from "../../../lib/errors.ts";
import { describe, fixture, it, itNeeds, program } from "../../harness.ts";
import { buildWav } from "./wav_builder.ts";

const OPTIONS = { nMels: 80, windowFrames: 3000 };

/** A second of stereo: left a constant, right another. */
function stereo(left: number, right: number): Uint8Array {
  const frames = Int16Array.from({ length: 32000 }, (_, i) => 32768 * (i % 2 === 0 ? left : right));
  return buildWav(new Uint8Array(frames.buffer), { channels: 2 });
}

async function mean(channel: "mix" | number, audio: Uint8Array | string): Promise<number> {
  const samples = await decodeAudio(audio, { channel });
  return samples.reduce((sum, value) => sum + value, 0) / samples.length;
}

describe("decodeAudio() of one channel", () => {
  it("hears that alone", async () => {
    assert.equal(await mean(0, stereo(0.5, 0.25)), 0.5);
    assert.equal(await mean(1, stereo(0.5, 0.25)), 0.25);
    assert.equal(await mean("mix", stereo(0.5, 0.25)), 0.375);
  });

  it("says how many there are of one that there is not", async () => {
    const refused = (channel: number, message: RegExp) => (audio: Float32Array | Uint8Array | string) =>
      assert.rejects(
        decodeAudio(audio, { channel }),
        (error) => error instanceof AudioDecodeError && message.test(error.message),
      );
    await refused(2, /Cannot hear channel 2 of the audio bytes: it has 2 channels, counted from 0$/)(
      stereo(0, 0),
    );
    await refused(1, /channel 1 of the audio samples: it has 1 channel, counted/)(new Float32Array(9));
    await refused(6, /it has 6 channels/)(fixture("audio/formats/six-channels.opus"));
    await assert.rejects(decodeAudio(stereo(0, 0), { channel: -1 }), RangeError);
  });

  itNeeds(
    program("ffmpeg").missing,
    "hears it by ffmpeg too, which is asked how many there are",
    async () => {
      // µ-law in an AU file.
      const samples = Uint8Array.from({ length: 16000 }, (_, i) => i % 2 === 0 ? 0x80 : 0xff);
      const au = new Uint8Array(24 + samples.length);
      const view = new DataView(au.buffer);
      [0x2e736e64, 24, samples.length, 1, 8000, 2].forEach((field, i) => view.setUint32(4 * i, field));
      au.set(samples, 24);
      assert(await mean(0, au) > 0.9);
      assert(Math.abs(await mean(1, au)) < 0.01);
      await assert.rejects(decodeAudio(au, { channel: 2 }), /it has 2 channels, counted from 0/);
    },
  );
});

describe("hearChannels()", () => {
  it("opens each channel for itself, and the mix", async () => {
    await using heard = await hearChannels(stereo(0.5, 0.25), { ...OPTIONS, isSearched: true });
    assert.equal(heard.channels.length, 2);
    const found = await Promise.all(heard.channels.map(async (open) => {
      await using channel = await open() as SearchedAudio;
      const samples = new SampleCollector();
      await channel.listen(() => Promise.resolve(samples));
      return samples.take()![99];
    }));
    assert.deepEqual(found, [0.5, 0.25]);
    await using mix = await heard.openMix();
    await using same = await hearAudio(stereo(0.5, 0.25), "mix", OPTIONS) as typeof mix;
    assert.deepEqual(await mix.frames(0, 100), await same.frames(0, 100));
  });

  it("refuses what has more channels than people speak on", async () => {
    const wav = buildWav(new Uint8Array(2000), { channels: 100 });
    await assert.rejects(hearChannels(wav, OPTIONS), /it has 100, at most 64 are transcribed apart/);
  });
});

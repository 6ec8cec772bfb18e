import assert from "node:assert/strict";
import process from "node:process";
import { melSourceOf } from "../../../lib/audio/mel/streamed_mel.ts";
import type { Recording } from "../../../lib/audio/recording/recording.ts";
import { samplesRecording } from "../../../lib/audio/recording/samples_recording.ts";
import { SearchedAudio } from "../../../lib/audio/searched_audio.ts";
import { describe, it } from "../../harness.ts";
import { inPieces, noise } from "./pieces.ts";

const deaf = () => Promise.resolve({ push() {} });

/** Stretches of samples, joined. */
function joined(samples: Float32Array, stretches: readonly { start: number; end: number }[]): Float32Array {
  return Float32Array.from(stretches.flatMap(({ start, end }) => [...samples.subarray(start, end)]));
}

describe("SearchedAudio", () => {
  const samples = noise(400_000, 4);
  const stretches = [
    { start: 0, end: 160 },
    { start: 1600, end: 1760 },
    { start: 1760, end: 90_080 },
    { start: 200_000, end: 399_999 },
  ];

  it("gives the frames of its stretches as if they were all, to the last bit", async () => {
    for (const keptSamples of [0, 300_000, 500_000]) {
      for (const heard of [stretches, stretches.slice(1, 2), []]) {
        await using audio = new SearchedAudio(inPieces(samples), "mix", { nMels: 80, keptSamples });
        assert.equal((await audio.listen(deaf)).length, 400_000);
        await using source = await audio.hear(heard);
        await using expected = await melSourceOf(joined(samples, heard), { nMels: 80 });
        assert.equal(source.length, expected.length);
        const window = [Math.max(0, source.length! - 500), 500] as const;
        assert.deepEqual(await source.frames(0, 300), await expected.frames(0, 300));
        assert.deepEqual(await source.frames(...window), await expected.frames(...window));
      }
    }
  });

  it("has who listens hear all of it, and waits for what they promise", async () => {
    await using audio = new SearchedAudio(inPieces(samples), "mix", { nMels: 80 });
    const heard: number[] = [];
    let isBusy = false;
    await audio.listen(() =>
      Promise.resolve({
        async push(piece: Float32Array) {
          assert(!isBusy);
          isBusy = true;
          const copy = [...piece];
          await new Promise((resolve) => setTimeout(resolve));
          heard.push(...copy);
          isBusy = false;
        },
      })
    );
    assert.deepEqual(Float32Array.from(heard), samples);
  });

  it("goes through a short one once, and decodes nothing after the last stretch", async () => {
    const short = inPieces(samples), long = inPieces(samples);
    for (const [recording, keptSamples, passes] of [[short, 500_000, 1], [long, 0, 3]] as const) {
      await using audio = new SearchedAudio(recording, "mix", { nMels: 80, keptSamples });
      await audio.listen(deaf);
      await using source = await audio.hear(stretches.slice(0, 3));
      await source.frames(0, 500);
      assert.equal(recording.passes, passes);
    }
    assert(short.disposed && long.disposed);
  });

  it("hears the first of two channels that cancel each other out, and so does who listens", async () => {
    const loud = noise(50_000, 7);
    const stereo: Recording = {
      ...samplesRecording(loud),
      channels: 2,
      async *pieces(hearing) {
        yield await Promise.resolve(loud.map((value) => hearing === "mix" ? 0 : value));
      },
    };
    await using audio = new SearchedAudio(stereo, "mix", { nMels: 80, keptSamples: 0 });
    const listeners: { sum: number; push(piece: Float32Array): void }[] = [];
    const { listener } = await audio.listen(() => {
      const made = {
        sum: 0,
        push: (piece: Float32Array) => void (made.sum += piece.reduce((sum, value) => sum + value ** 2, 0)),
      };
      listeners.push(made);
      return Promise.resolve(made);
    });
    assert.equal(listeners.length, 2);
    assert.equal(listener, listeners[1]);
    assert(listener.sum > 0);
    await using source = await audio.hear([{ start: 0, end: 50_000 }]);
    await using expected = await melSourceOf(loud, { nMels: 80 });
    assert.deepEqual(await source.frames(0, 300), await expected.frames(0, 300));
  });

  it("says so when a file has become shorter", async () => {
    let now = samples;
    const recording: Recording = {
      ...samplesRecording(samples),
      pieces: (hearing) => samplesRecording(now).pieces(hearing),
    };
    await using audio = new SearchedAudio(recording, "mix", { nMels: 80, keptSamples: 0 });
    await audio.listen(deaf);
    now = samples.subarray(0, 100_000);
    await assert.rejects(audio.hear(stretches), /has become shorter while/);
  });

  it("holds no more of half an hour than its windows need", async () => {
    const piece = noise(16_000, 2);
    const recording: Recording = {
      ...samplesRecording(piece),
      async *pieces() {
        for (let second = 0; second < 1800; second++) yield await Promise.resolve(piece);
      },
    };
    const held = () => process.memoryUsage().arrayBuffers;
    const before = held();
    await using audio = new SearchedAudio(recording, "mix", { nMels: 80 });
    await audio.listen(deaf);
    await using source = await audio.hear([{ start: 16_000, end: 1700 * 16_000 }]);
    let most = 0;
    for (let start = 0; start < source.length!; start += 20_000) {
      await source.frames(start, 100);
      most = Math.max(most, held() - before);
    }
    // All of its samples are 115 MB.
    assert(most < 40e6, `${most} bytes`);
  });
});

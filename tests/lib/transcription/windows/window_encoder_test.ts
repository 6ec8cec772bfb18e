import assert from "node:assert/strict";
import type { MelSource } from "../../../../lib/audio/mel/mel_source.ts";
import type { AudioFeatures, EncoderDecoder } from "../../../../lib/model/types.ts";
import { WindowEncoder } from "../../../../lib/transcription/windows/window_encoder.ts";
import { describe, it } from "../../../harness.ts";

const N_MELS = 2, WINDOW_FRAMES = 3000;

/** A source of ones, and the memory it gave away. */
function sourceOfOnes() {
  const given: Float32Array<ArrayBuffer>[] = [];
  const source: MelSource = {
    nMels: N_MELS,
    length: 2 * WINDOW_FRAMES,
    reach: (frame) => Promise.resolve(frame),
    frames(_start, size) {
      const data = new Float32Array(N_MELS * size).fill(1);
      given.push(data);
      return Promise.resolve({ nMels: N_MELS, nFrames: size, data });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { source, given };
}

/** A model that keeps what it was given to encode, and how much of it was sound. */
function listeningModel() {
  const heard: { readonly mel: Float32Array; readonly sum: number }[] = [];
  const model = {
    family: { windowFrames: WINDOW_FRAMES },
    embedAudio(mel: Float32Array) {
      heard.push({ mel, sum: mel.reduce((sum, value) => sum + value, 0) });
      return Promise.resolve({ [Symbol.dispose]() {} } as AudioFeatures);
    },
  } as unknown as EncoderDecoder;
  return { model, heard };
}

describe("WindowEncoder", () => {
  it("gives the memory of a window back once it is encoded, of a whole one and of one that was filled up", async () => {
    for (const size of [WINDOW_FRAMES, 100]) {
      const { source, given } = sourceOfOnes(), { model, heard } = listeningModel();
      using encoder = new WindowEncoder(model, source, {});
      await encoder.encode({ seek: 0, size });
      assert.equal(heard[0].sum, N_MELS * size);
      assert.deepEqual([...given, heard[0].mel].map(({ buffer }) => buffer.byteLength), [0, 0]);
    }
  });

  it("encodes a window once that is wanted ahead", async () => {
    const { source } = sourceOfOnes(), { model, heard } = listeningModel();
    using encoder = new WindowEncoder(model, source, {});
    const ahead = await encoder.encodeAhead({ seek: 0, size: 200 });
    assert.equal(await encoder.encode({ seek: 0, size: 200 }), ahead);
    assert.equal(heard.length, 1);
    await encoder.encode({ seek: 200, size: 200 });
    assert.equal(heard.length, 2);
  });
});

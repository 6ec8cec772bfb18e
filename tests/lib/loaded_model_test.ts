import assert from "node:assert/strict";
import { LoadedModel } from "../../lib/loaded_model.ts";
import { describe, it } from "../harness.ts";
import { FakeModel, sparse } from "./decoding/fake_model.ts";

const ON_CPU = { device: "cpu", deviceReport: [] } as const;
const N_VOCAB = 51864;

/** A model to which token 400 is always the most probable, and 500 comes next. */
function preferring(): FakeModel & Disposable {
  const model = new FakeModel({
    nVocab: N_VOCAB,
    script: () => sparse(N_VOCAB, { 400: 20, 500: 10 }),
  });
  return Object.assign(model, { [Symbol.dispose]: () => {} });
}

describe("LoadedModel", () => {
  const options = { withoutTimestamps: true, sampleLen: 1 };
  const mel = new Float32Array(80 * 3000);

  it("never samples what its checkpoint suppresses, unless a call says otherwise", async () => {
    using model = new LoadedModel(preferring(), { ...ON_CPU, suppressTokens: [400] });
    assert.deepEqual((await model.decode(mel, options)).tokens, [500]);
    assert.deepEqual((await model.decode(mel, { ...options, suppressTokens: [500] })).tokens, [400]);
  });

  it("takes openai/whisper's default where the checkpoint says nothing", async () => {
    using model = new LoadedModel(preferring(), { ...ON_CPU, suppressTokens: [] });
    assert.deepEqual((await model.decode(mel, options)).tokens, [400]);
  });

  it("checks the options before it opens the audio", async () => {
    using model = new LoadedModel(preferring(), ON_CPU);
    await assert.rejects(model.transcribe("/no/such/file.wav", { beamsize: 5 } as never), /beamSize/);
    assert.throws(() => model.segments("/no/such/file.wav", { beamsize: 5 } as never), /beamSize/);
  });

  it("decodes with the program it is told, and passes on what decoding and clipping warn of", async () => {
    using model = new LoadedModel(preferring(), ON_CPU);
    const mp3 = Uint8Array.of(0xff, 0xfb, 0x90, 0x64);
    await assert.rejects(
      model.transcribe(mp3, { ffmpeg: "no-such-ffmpeg" }),
      /MP3 file, which needs the program "no-such-ffmpeg"/,
    );
    const warnings: string[] = [];
    await model.transcribe(new Float32Array(16000).fill(9000), {
      ...options,
      clipTimestamps: [0, 1, 5, 4, 40],
      onWarning: (message) => warnings.push(message),
    });
    assert.equal(warnings.length, 3);
    assert.match(warnings[0], /taken for 16-bit ones/);
    assert.match(warnings[1], /from 5 s to 4 s is left out: it ends before it begins/);
    assert.match(warnings[2], /from 40 s on is left out: it begins after the end of the audio, 1 s long/);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio, logMelSpectrogram, type MelSpectrogram, padOrTrim } from "../../mod.ts";
import { LoadedModel } from "../../lib/loaded_model.ts";
import { describe, fixture, it } from "../harness.ts";
import { FakeModel, type FakeModelOptions, sparse } from "./decoding/fake_model.ts";

const ON_CPU = { device: "cpu", deviceReport: [], precision: "float32" } as const;
const N_VOCAB = 51864;
const GERMAN = 50261;

/** A model to which some tokens are the most probable ones; says how often it was released. */
class FakeSessions extends FakeModel {
  released = 0;

  constructor(scores: Record<number, number>, nVocab = N_VOCAB, tokens?: FakeModelOptions["tokens"]) {
    super({ nVocab, script: () => sparse(nVocab, scores), tokens });
  }

  [Symbol.dispose](): void {
    this.released++;
  }
}

/** A model to which token 400 is always the most probable, and 500 comes next. */
function preferring(tokens?: FakeModelOptions["tokens"]): FakeSessions {
  return new FakeSessions({ 400: 20, 500: 10 }, N_VOCAB, tokens);
}

const options = { withoutTimestamps: true, sampleLen: 1 };

function spectrogram(nFrames = 3000, nMels = 80): MelSpectrogram {
  return { nMels, nFrames, data: new Float32Array(nMels * nFrames) };
}

describe("LoadedModel", () => {
  it("never samples what its checkpoint suppresses, unless a call says otherwise", async () => {
    using model = new LoadedModel(preferring({ suppressTokens: [400] }), ON_CPU);
    const mel = spectrogram();
    assert.deepEqual((await model.decode(mel, options)).tokens, [500]);
    assert.deepEqual((await model.decode(mel, { ...options, suppressTokens: undefined })).tokens, [500]);
    assert.deepEqual((await model.decode(mel, { ...options, suppressTokens: [500] })).tokens, [400]);
    const whole = { temperature: 0, logprobThreshold: null, ...options };
    for await (const { tokens } of model.segments(new Float32Array(16000), whole)) {
      assert.deepEqual(tokens, [500]);
    }
    const { segments } = await model.transcribe(new Float32Array(16000), whole);
    assert.deepEqual(segments.map(({ tokens }) => tokens), [[500]]);
  });

  it("never samples first what its checkpoint suppresses there, unless blanks are allowed", async () => {
    using model = new LoadedModel(preferring({ beginSuppressTokens: [400] }), ON_CPU);
    const mel = spectrogram();
    const two = { ...options, sampleLen: 2 };
    assert.deepEqual((await model.decode(mel, two)).tokens, [500, 400]);
    assert.deepEqual((await model.decode(mel, { ...two, suppressBlank: undefined })).tokens, [500, 400]);
    assert.deepEqual((await model.decode(mel, { ...two, suppressBlank: false })).tokens, [400, 400]);
  });

  it("takes openai/whisper's default where the checkpoint says nothing", async () => {
    using model = new LoadedModel(preferring({ suppressTokens: [], beginSuppressTokens: [] }), ON_CPU);
    assert.deepEqual((await model.decode(spectrogram(), options)).tokens, [400]);
  });

  it("checks the options before it opens the audio", async () => {
    using model = new LoadedModel(preferring(), ON_CPU);
    await assert.rejects(model.transcribe("/no/such/file.wav", { beamsize: 5 } as never), /beamSize/);
    assert.throws(() => model.segments("/no/such/file.wav", { beamsize: 5 } as never), /beamSize/);
  });

  it("decodes with the program it is told, and passes on what decoding and clipping warn of", async () => {
    using model = new LoadedModel(preferring(), ON_CPU);
    const ac3 = Uint8Array.of(0x0b, 0x77);
    await assert.rejects(
      model.transcribe(ac3, { ffmpeg: "no-such-ffmpeg" }),
      /AC-3 file, which needs the program "no-such-ffmpeg"/,
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

  it("ends a call with the very error that a callback of it throws, and goes on with the next", async () => {
    using model = new LoadedModel(preferring(), ON_CPU);
    const mine = new Error("mine");
    const fail = () => {
      throw mine;
    };
    const samples = new Float32Array(16000);
    for (const callback of ["onProgress", "onWindow", "onState", "onWarning"]) {
      const failing = { ...options, clipTimestamps: [40], [callback]: fail };
      if (callback !== "onWarning") failing.clipTimestamps = [0];
      await assert.rejects(model.transcribe(samples, failing), (error) => error === mine, callback);
    }
    await model.transcribe(samples, options);
  });

  it("checks the options of one window before it encodes it", async () => {
    const sessions = preferring();
    using model = new LoadedModel(sessions, ON_CPU);
    const mel = spectrogram();
    await assert.rejects(model.decode(mel, { beamsize: 5 } as never), /did you mean "beamSize"/);
    await assert.rejects(model.decode(mel, { window: -1 }), { name: "RangeError", code: "INVALID_OPTION" });
    await assert.rejects(model.embedAudio(mel, { window: 0 } as never), /"window" is not an option/);
    await assert.rejects(model.embedAudio(mel, { signal: {} } as never), /wanted an AbortSignal/);
    await assert.rejects(model.detectLanguage(mel, { singal: 1 } as never), /did you mean "signal"/);
    assert.equal(sessions.encoded.length, 0);
  });

  describe("mel", () => {
    it("is a spectrogram and never a Float32Array, which does not say what it is", async () => {
      using model = new LoadedModel(preferring(), ON_CPU);
      const samples = new Float32Array(80 * 3000);
      for (const call of [model.decode(samples as never), model.embedAudio(samples as never)]) {
        await assert.rejects(call, {
          name: "TypeError",
          code: "INVALID_INPUT",
          message: /a Float32Array does not say .* logMelSpectrogram\(\) makes one of samples/,
        });
      }
      await assert.rejects(model.decode({ nMels: 80 } as never), /this is no spectrogram/);
    });

    it("must be a window of the model", async () => {
      using model = new LoadedModel(preferring(), ON_CPU);
      await assert.rejects(model.decode(spectrogram(2999)), /has 80 bands and 2999 frames.*padOrTrim/);
      await assert.rejects(model.embedAudio([spectrogram(), spectrogram(3000, 128)]), /has 128 bands/);
    });

    it("comes from samples by logMelSpectrogram() and padOrTrim()", async () => {
      const sessions = preferring();
      using model = new LoadedModel(sessions, ON_CPU);
      const mel = await logMelSpectrogram(new Float32Array(16000), { nMels: 80 });
      const window = padOrTrim(mel, 3000);
      assert.deepEqual([window.nMels, window.nFrames], [80, 3000]);
      assert.deepEqual((await model.decode(window, options)).tokens, [400]);
      assert.deepEqual(sessions.encoded[0], window.data);
      assert.deepEqual(padOrTrim(mel, 2, 98).data, padOrTrim(padOrTrim(mel, 3, 97), 2, 1).data);
      assert.throws(() => padOrTrim(mel, -1), { code: "INVALID_INPUT" });
      assert.throws(() => padOrTrim(mel.data as never, 3000), { code: "INVALID_INPUT" });
    });

    it("of several windows is encoded at once", async () => {
      const sessions = preferring();
      using model = new LoadedModel(sessions, ON_CPU);
      const second = spectrogram();
      second.data.fill(1);
      using _features = await model.embedAudio([spectrogram(), second]);
      assert.equal(sessions.encoded.length, 1);
      assert.deepEqual(sessions.encoded[0].slice(80 * 3000), second.data);
    });
  });

  describe("detectLanguage()", () => {
    const wav = fixture("sense.wav");

    it("takes what transcribe() takes, and mel and features", async () => {
      const sessions = new FakeSessions({ [GERMAN]: 20 }, 51865);
      using model = new LoadedModel(sessions, ON_CPU);
      const samples = await decodeAudio(wav);
      const mel = await logMelSpectrogram(samples.subarray(0, 480000), {
        nMels: 80,
        padding: 480000 - samples.length,
      });
      using features = await model.embedAudio(mel);
      for (const audio of [wav, new Uint8Array(readFileSync(wav)), samples, mel, features]) {
        const { language, languageProbs } = await model.detectLanguage(audio);
        assert.equal(language, "de");
        assert.ok(languageProbs.get("de")! > 0.9);
      }
      // Whatever it was given, it heard the same window.
      for (const heard of sessions.encoded) assert.deepEqual(heard, mel.data);
      assert.equal(sessions.encoded.length, 5);
    });

    it("needs a multilingual model, and says so before it opens the audio", async () => {
      using model = new LoadedModel(preferring(), ON_CPU);
      await assert.rejects(model.detectLanguage("/no/such/file.wav"), {
        name: "TypeError",
        code: "INVALID_INPUT",
        message: /English-only/,
      });
    });
  });

  describe("once it is disposed", () => {
    it("says so in every call", async () => {
      const sessions = preferring();
      const model = new LoadedModel(sessions, ON_CPU);
      const begun = model.segments(new Float32Array(16000));
      model[Symbol.dispose]();
      const disposed = { name: "TypeError", code: "MODEL_DISPOSED", message: /the model: it is disposed/ };
      await assert.rejects(model.transcribe("/no/such/file.wav"), disposed);
      assert.throws(() => model.segments("/no/such/file.wav"), disposed);
      await assert.rejects(model.decode(spectrogram()), disposed);
      await assert.rejects(model.embedAudio(spectrogram()), disposed);
      await assert.rejects(model.detectLanguage(spectrogram()), disposed);
      await assert.rejects(begun.next(), disposed);
      assert.equal(sessions.released, 1);
    });

    it("keeps its sessions until what is under way has ended", async () => {
      const sessions = preferring();
      const model = new LoadedModel(sessions, ON_CPU);
      const work = model.decode(spectrogram(), options);
      model[Symbol.dispose]();
      assert.equal(sessions.released, 0);
      assert.deepEqual((await work).tokens, [400]);
      assert.equal(sessions.released, 1);
    });

    it("is waited for by an await using block, but not for segments that nobody takes", async () => {
      const sessions = preferring();
      let decoded = false;
      {
        await using model = new LoadedModel(sessions, ON_CPU);
        const abandoned = model.segments(new Float32Array(16000), { temperature: 0, ...options });
        await abandoned.next();
        model.decode(spectrogram(), { ...options, sampleLen: 50 }).then(() => decoded = true);
      }
      assert.equal(sessions.released, 1);
      await Promise.resolve().then(() => {}).then(() => {}); // The call has ended; its result is on its way.
      assert.equal(decoded, true);
      assert.equal(sessions.alive, 0);
    });
  });
});

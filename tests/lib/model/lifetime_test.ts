/** Who keeps what: everything may be disposed at any time, and everything is released in the end. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibrary } from "../../../ffi/library.ts";
import { OrtError } from "../../../ffi/errors/ort_error.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { loadModel } from "../../../lib/load_model.ts";
import { LoadedModel } from "../../../lib/loaded_model.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import type { EncodedAudio } from "../../../lib/model/encoded_audio.ts";
import { Whisper } from "../../../lib/model/whisper.ts";
import { describe, it, nativeCalls, withCalls, withFault } from "../../balance.ts";
import { onDevice } from "../../pretended_device.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "./micro_checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "sotto-"));

function writeModel(name: string, nAudioCtx: number): string {
  const { dims, ...layout } = MICRO_LAYOUTS.english;
  const path = join(folder, name);
  writeFileSync(path, microCheckpoint({ ...layout, dims: { ...dims, nAudioCtx } }));
  return path;
}

/** Windows of 0.8 s, so that a window's work takes no time. */
const FRAMES = 80;
const path = writeModel("short.pt", FRAMES / 2);
const { nMels, nVocab } = MICRO_LAYOUTS.english.dims;
const library = await openLibrary();

async function openModel(provider: "cpu" | "cuda" | "webgpu" = "cpu"): Promise<Whisper> {
  await using opened = await openCheckpoint(path);
  const { source, options } = await mapFiles(library, opened);
  return await Whisper.create(library, source, { provider, ...options });
}

/** Windows of something like a spectrogram. */
function mel(windows: number): Float32Array {
  return Float32Array.from({ length: windows * nMels * FRAMES }, (_, i) => Math.sin(i / 97));
}

const refusal = () => new OrtError("refused", { code: "FAIL", api: "CreateSessionFromArray" });

const PROMPT = [50257, 50362, 1027];

/** Steps on the second window: the prompt, and one more token in each of two rows that continue it. */
const FIRST = [{ window: 1, tokens: PROMPT }];
const SECOND = [262, 257].map((token) => ({ window: 1, from: 0, tokens: [token] }));

/** Copies of the numbers of some rows. */
function flat(rows: readonly Float32Array[]): number[] {
  return rows.flatMap((row) => [...row]);
}

/** Logits of the prompt and of one token more, for the second window; `between` is called in between. */
async function decodeSecond(model: Whisper, between: () => void = () => {}): Promise<number[]> {
  using features = await model.embedAudio(mel(2));
  using inference = model.startInference(features);
  await inference.step(FIRST);
  features[Symbol.dispose]();
  between();
  return flat(await inference.step(SECOND));
}

/** Compares without the difference that `deepEqual` would work out of a hundred thousand numbers. */
function assertSame(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  assert.ok(Array.prototype.every.call(actual, (value, i) => value === expected[i]), "the numbers differ");
}

/** Takes the memory that was just freed and writes to it. */
async function reuseMemory(model: Whisper): Promise<void> {
  for (let i = 0; i < 4; i++) (await model.embedAudio(new Float32Array(mel(2).length)))[Symbol.dispose]();
}

describe("what a decoder reads", () => {
  it("stays when the features are disposed while it is at work", async () => {
    using model = await openModel();
    using features = await model.embedAudio(mel(2));
    using undisturbed = model.startInference(features);
    await undisturbed.step(FIRST);
    const expected = flat(await undisturbed.step(SECOND));
    assertSame(await decodeSecond(model), expected);
    const inference = model.startInference(features);
    await inference.step(FIRST);
    features[Symbol.dispose]();
    await reuseMemory(model);
    assertSame(flat(await inference.step(SECOND)), expected);
    inference[Symbol.dispose]();
  });

  it("stays when all is disposed in the middle of a run", async () => {
    const model = await openModel();
    const features = await model.embedAudio(mel(2));
    const inference = model.startInference(features);
    const logits = inference.step(FIRST);
    for (const disposable of [features, model, inference]) disposable[Symbol.dispose]();
    await assert.rejects(logits, TypeError);
  });

  it("stays when the model is disposed while it is at work", async () => {
    using other = await openModel();
    const expected = await decodeSecond(other);
    using model = await openModel();
    assertSame(await decodeSecond(model, () => model[Symbol.dispose]()), expected);
  });

  it("is refused when it was disposed before", async () => {
    using model = await openModel();
    const features = await model.embedAudio(mel(1));
    features[Symbol.dispose]();
    features[Symbol.dispose]();
    const disposed = {
      name: "TypeError",
      code: "INVALID_INPUT",
      message: /audio features: they are disposed/,
    };
    assert.throws(() => model.startInference(features), disposed);
    assert.throws(() => features.toArray(), disposed);
    await assert.rejects(model.crossAttention(features, PROMPT), disposed);
  });

  it("is refused when there is no such window", async () => {
    using model = await openModel();
    using features = await model.embedAudio(mel(1));
    using inference = model.startInference(features);
    for (const window of [1, -1, 0.5]) {
      await assert.rejects(inference.step([{ window, tokens: PROMPT }]), RangeError);
      await assert.rejects(model.crossAttention(features, PROMPT, { window }), RangeError);
    }
  });
});

describe("a model that is disposed", () => {
  it("finishes what is under way and then gives its sessions back", async () => {
    const released = nativeCalls("ReleaseSession");
    const model = await openModel();
    using features = await model.embedAudio(mel(1));
    const embedding = model.embedAudio(mel(1));
    const attention = model.crossAttention(features, PROMPT);
    model[Symbol.dispose]();
    assert.equal(nativeCalls("ReleaseSession"), released);
    using embedded = await embedding;
    assertSame(embedded.toArray(), features.toArray());
    assert.equal((await attention).logits.length, PROMPT.length * nVocab);
    assert.equal(nativeCalls("ReleaseSession"), released + 2);
  });

  it("refuses what is asked of it afterwards", async () => {
    const model = await openModel();
    using features = await model.embedAudio(mel(1));
    model[Symbol.dispose]();
    model[Symbol.dispose]();
    const disposed = { name: "TypeError", code: "MODEL_DISPOSED", message: /the model is disposed/ };
    await assert.rejects(model.embedAudio(mel(1)), disposed);
    await assert.rejects(model.crossAttention(features, PROMPT), disposed);
    assert.throws(() => model.startInference(features), disposed);
  });

  it("finishes a transcription under way, and leaves nothing behind", async () => {
    const model = await loadModel(writeModel("whole.pt", 1500), { device: "cpu" });
    const runs = nativeCalls("RunWithBinding"), released = nativeCalls("ReleaseSession");
    const transcription = model.transcribe(new Float32Array(40 * 16000), { temperature: 0, sampleLen: 5 });
    while (nativeCalls("RunWithBinding") === runs) await new Promise((next) => setTimeout(next));
    model[Symbol.dispose]();
    assert.equal(nativeCalls("ReleaseSession"), released);
    assert.equal((await transcription).language, "en");
    assert.equal(nativeCalls("ReleaseSession"), released + 2);
  });
});

describe("what fails", () => {
  it("leaves nothing behind of an encoder's run", async () => {
    using model = await openModel();
    await assert.rejects(withFault("RunWithBinding", 1, () => model.embedAudio(mel(2))), OrtError);
    await assert.rejects(
      model.embedAudio(mel(2), { signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
  });

  it("leaves nothing behind when the encoder is stopped in the middle", async () => {
    using model = await openModel();
    const controller = new AbortController();
    const encoding = model.embedAudio(mel(400), { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(encoding, /enough/);
  });

  // Every one of the allocations of a window's work in turn.
  for (
    const name of [
      "CreateTensorAsOrtValue",
      "CreateTensorWithDataAsOrtValue",
      "GetTensorMutableData",
      "CreateIoBinding",
      "BindInput",
      "BindOutput",
      "CreateRunOptions",
    ] as const
  ) {
    it(`leaves nothing behind of a window's work when ${name} fails`, async () => {
      using model = await openModel();
      const { signal } = new AbortController();
      const work = async () => {
        using features = await model.embedAudio(mel(2), { signal });
        using inference = model.startInference(features);
        await inference.step(FIRST);
        await inference.step(SECOND);
        await inference.pick(SECOND.map((row) => ({ ...row, picks: [{ suppressed: [11], count: 2 }] })));
        await model.crossAttention(features, PROMPT);
      };
      const before = nativeCalls(name);
      await work();
      const count = nativeCalls(name) - before;
      assert.ok(count > 0);
      for (let nth = 1; nth <= count; nth++) await assert.rejects(withFault(name, nth, work), OrtError);
    });
  }

  it("leaves nothing behind of one session when the other is refused", async () => {
    for (const nth of [1, 2]) {
      await assert.rejects(withFault("CreateSessionFromArray", nth, () => openModel()), OrtError);
    }
    for (const nth of [1, 2]) {
      await assert.rejects(withFault("AddSessionConfigEntry", nth, () => openModel()), OrtError);
    }
  });

  it("is one graph that its provider refuses, which runs on the CPU then, unless that is CUDA", async () => {
    using other = await openModel();
    const expected = await decodeSecond(other);
    const pretend = { SessionOptionsAppendExecutionProvider: () => {} };
    await withCalls(pretend, async () => {
      for (const [nth, graph] of ["encoder", "decoder"].entries()) {
        using model = await withFault("CreateSessionFromArray", nth + 1, () => openModel("webgpu"));
        assert.deepEqual(model.refusedGraphs.map(({ graph }) => graph), [graph]);
        assertSame(await decodeSecond(model), expected);
      }
      const refusing = { CreateSessionFromArray: () => Promise.reject(refusal()) };
      await assert.rejects(withCalls(refusing, () => openModel("webgpu")), OrtError);
    });
    await onDevice(async () => {
      await assert.rejects(withFault("CreateSessionFromArray", 1, () => openModel("cuda")), OrtError);
    });
  });

  it("leaves nothing behind of a model whose loading is stopped when its sessions are ready", async () => {
    const controller = new AbortController();
    const stop = (call: () => unknown) => {
      call();
      controller.abort(new Error("enough"));
    };
    const load = () => loadModel(path, { device: "cpu", signal: controller.signal });
    // A session's options are released when it is created.
    await assert.rejects(withFault("ReleaseSessionOptions", 2, load, stop), /enough/);
  });
});

describe("a decoder on a device with memory of its own", () => {
  it("binds again what changes before each step, and reads the same logits", async () => {
    using other = await openModel();
    const expected = await decodeSecond(other);
    let decoded: number[] = [];
    const events = await onDevice(async () => {
      using model = await openModel("cuda");
      decoded = await decodeSecond(model);
    });
    assertSame(decoded, expected);
    const last = events.lastIndexOf("run"), before = events.lastIndexOf("run", last - 1);
    const lastRun = events.slice(before + 1, last).map((event) => event.split(" ")[1]);
    const names = ["tokens", "positions", "last_position", "total_length", "window_rows", "row_places"];
    names.push("selected");
    assert.deepEqual(lastRun.slice(-names.length), names);
    // What lies in the device's memory is bound once a binding, and copied there.
    const bound = (name: string) => events.filter((event) => event.startsWith(`bind ${name} `)).length;
    assert.deepEqual([bound("cross_key_0"), bound("past_key_0"), bound("mel")], [2, 2, 1]);
    assert.ok(events.includes("copy"));
  });

  it("hears the same by beams of several windows, whose keys and values never leave it", async () => {
    const whole = writeModel("whole.pt", 1500);
    const sound = Float32Array.from({ length: 50 * 16000 }, (_, i) => Math.sin(i * i / 1e6) / 4);
    const options = {
      temperature: 0,
      beamSize: 3,
      sampleLen: 8,
      batchSize: 2,
      noSpeechThreshold: null,
    } as const;
    const transcribe = async (provider: "cpu" | "cuda") => {
      await using opened = await openCheckpoint(whole);
      const { source, options: data } = await mapFiles(library, opened);
      const whisper = await Whisper.create(library, source, { provider, ...data });
      using model = new LoadedModel(whisper, { device: provider, deviceReport: [], precision: "float32" });
      const { segments } = await model.transcribe(sound, { ...options, conditionOnPreviousText: false });
      return {
        tokens: segments.map(({ tokens }) => tokens),
        scores: segments.map(({ avgLogprob }) => avgLogprob),
      };
    };
    const expected = await transcribe("cpu");
    let actual = expected;
    const events = await onDevice(async () => void (actual = await transcribe("cuda")));
    assert.ok(expected.tokens.flat().length > 12);
    assert.notEqual(actual, expected);
    assert.deepEqual(actual.tokens, expected.tokens);
    // Which windows share a run depends on who is first, and with that the last bits of a sum.
    assert.ok(actual.scores.every((score, i) => Math.abs(score - expected.scores[i]) < 1e-5));
    const runs = events.filter((event) => event === "run").length;
    const bound = (name: string) => events.filter((event) => event.startsWith(`bind ${name}`)).length;
    assert.ok(bound("past_key_0") < runs / 2, `${bound("past_key_0")} bindings in ${runs} runs`);
    assert.equal(bound("logits"), 0);
  });

  it("gives its features, and reads nothing in the place of a tensor that lies there", async () => {
    using other = await openModel();
    using expected = await other.embedAudio(mel(1));
    await onDevice(async () => {
      using model = await openModel("cuda");
      using features = await model.embedAudio(mel(1));
      assertSame(features.toArray(), expected.toArray());
      const { scores, logits } = await model.crossAttention(features, PROMPT);
      const whole = await other.crossAttention(expected, PROMPT);
      assertSame(scores, whole.scores);
      assertSame(logits, whole.logits);
      assert.throws(
        () => (features as EncodedAudio).outputs.get("audio_features")!.data,
        /in a device's memory/,
      );
    });
  });
});

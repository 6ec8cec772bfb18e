/** Other types than float32 in the graphs: nothing that allocates knows of them. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allocate, specOf } from "../../../ffi/graph.ts";
import { openLibrary } from "../../../ffi/library.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import { decoderGraph } from "../../../lib/model/decoder_graph.ts";
import { encoderGraph } from "../../../lib/model/encoder_graph.ts";
import { FLOAT32, type Precision } from "../../../lib/model/precision.ts";
import { Whisper } from "../../../lib/model/whisper.ts";
import { describe, it } from "../../balance.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "./micro_checkpoint.ts";

const library = await openLibrary();
const { dims, ...layout } = MICRO_LAYOUTS.english;
const path = join(mkdtempSync(join(tmpdir(), "sotto-")), "micro.pt");
writeFileSync(path, microCheckpoint({ ...layout, dims: { ...dims, nAudioCtx: 40 } }));
await using opened = await openCheckpoint(path);
const { source, options } = await mapFiles(library, opened);

const mel = Float32Array.from({ length: dims.nMels * 80 }, (_, i) => Math.sin(i / 97));
const PROMPT = [50257, 50362, 1027];

/** Features, and logits of two rows that continue one. */
async function work(precision: Precision): Promise<[features: Float32Array, logits: Float32Array]> {
  using model = await Whisper.create(library, source, { provider: "cpu", ...options }, precision);
  using features = await model.embedAudio(mel);
  using inference = model.startInference(features);
  await inference.step([{ window: 0, tokens: PROMPT }]);
  const rows = [{ window: 0, from: 0, tokens: [262] }, { window: 0, from: 0, tokens: [257] }];
  const [, second] = await inference.step(rows);
  return [features.toArray(), second.slice()];
}

function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  assert.ok(worst <= tolerance, `differs by ${worst}, allowed ${tolerance}`);
  assert.ok(actual.some((value, i) => value !== expected[i]), "the other type is really used");
}

const [features, logits] = await work(FLOAT32);

describe("a model in another precision", () => {
  it("keeps keys and values in float16", async () => {
    const precision: Precision = { ...FLOAT32, kv: "float16" };
    const decoder = decoderGraph(source, precision);
    for (const name of ["past_key_0", "past_value_1", "cross_key_0", "cross_value_1"]) {
      assert.equal(specOf(decoder.inputs, name, "float16").type, "float16");
    }
    const [, actual] = await work(precision);
    assertClose(actual, logits, 0.1);
  });

  it("computes in float16", async () => {
    const [actualFeatures, actual] = await work({ ...FLOAT32, compute: "float16", kv: "float16" });
    assertClose(actualFeatures, features, 0.1);
    assertClose(actual, logits, 0.5);
  });
});

describe("the specs of a graph", () => {
  const encoder = encoderGraph(source, FLOAT32);

  it("name what goes in and out, and which sizes are open", () => {
    assert.deepEqual([...encoder.inputs.values()], [
      { name: "mel", type: "float32", shape: ["batch", dims.nMels, "frames"] },
    ]);
    assert.deepEqual([...encoder.outputs.keys()].slice(0, 3), [
      "audio_features",
      "cross_key_0",
      "cross_value_0",
    ]);
  });

  it("are allocated with the sizes that are told, and not without", () => {
    using tensor = allocate(library, specOf(encoder.inputs, "mel", "float32"), { batch: 2, frames: 80 });
    assert.deepEqual([tensor.shape, tensor.type], [[2, dims.nMels, 80], "float32"]);
    assert.throws(
      () => allocate(library, specOf(encoder.inputs, "mel", "float32")),
      /nothing tells its size "batch"/,
    );
  });

  it("are refused under a wrong name and in a wrong type", () => {
    assert.throws(() => specOf(encoder.inputs, "mels", "float32"), /mels: the graph has no such tensor/);
    assert.throws(() => specOf(encoder.inputs, "mel", "int32"), /mel: it is float32, wanted int32/);
  });
});

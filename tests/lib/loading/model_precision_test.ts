import assert from "node:assert/strict";
import { loadModel } from "../../../mod.ts";
import { precisionOn } from "../../../lib/loading/model_precision.ts";
import { describe, fixture, it } from "../../balance.ts";

const tiny = fixture("tiny.en.pt");

function words(text: string): string[] {
  return text.toLowerCase().split(/[^a-z]+/);
}

describe("the precision of a model", () => {
  it("is int8 when it is asked for, on the CPU, and the model hears what float32 hears", async () => {
    using float = await loadModel(tiny, { device: "cpu" });
    using int8 = await loadModel(tiny, { precision: "int8" });
    assert.deepEqual([float.precision, int8.precision, int8.device], ["float32", "int8", "cpu"]);
    const clip = fixture("sense.wav");
    const expected = await float.transcribe(clip, { temperature: 0 });
    const actual = await int8.transcribe(clip, { temperature: 0, wordTimestamps: true });
    const said = new Set(words(expected.text));
    const others = words(actual.text).filter((word) => !said.has(word));
    assert.ok(others.length <= 3, `other words: ${others.join(" ")}`);
    const chances = (result: typeof actual) => result.segments.map(({ avgLogprob }) => avgLogprob);
    assert.notDeepEqual(chances(actual), chances(expected));
    assert.ok(actual.segments.every(({ words }) => words!.every(({ start, end }) => start <= end)));
  });

  it("is int8 with auto for base and wider models on the CPU, and float32 else", () => {
    const tiny = { nAudioState: 384 }, base = { nAudioState: 512 }, large = { nAudioState: 1280 };
    assert.deepEqual([tiny, base, large].map((dims) => precisionOn("cpu", dims, "auto")), [
      "float32",
      "int8",
      "int8",
    ]);
    assert.equal(precisionOn("cpu", large), "float32");
    assert.equal(precisionOn("webgpu", large, "auto"), "float32");
  });

  it("is the checkpoint's own on CUDA, which the CPU computes in float32", () => {
    const large = { nAudioState: 1280 };
    assert.deepEqual(
      [undefined, "auto", "float32"].map((asked) => precisionOn("cuda", large, asked as "auto")),
      [
        "float16",
        "float16",
        "float32",
      ],
    );
    assert.equal(precisionOn("webgpu", large, "float16"), "float16");
    assert.equal(precisionOn("cpu", large, "float16"), "float32");
  });

  it("is refused when there is no such, and int8 on CUDA, and float16 on the CPU", async () => {
    const refused = (options: object, message: RegExp) =>
      assert.rejects(loadModel(tiny, options), { code: "INVALID_OPTION", message });
    await refused(
      { precision: "int4" },
      /precision is "int4", wanted "float32", "float16", "int8" or "auto"/,
    );
    await refused({ precision: "int8", device: "cuda" }, /int8 models run on the CPU/);
    await refused({ precision: "float16", device: "cpu" }, /"cpu", which computes in float32 or int8/);
  });
});

import assert from "node:assert/strict";
import {
  availableModels,
  findModel,
  modelBySha256,
  modelUrl,
  OFFICIAL_MODELS,
} from "../../../lib/checkpoint/registry.ts";
import { alignmentHeadsOf } from "../../../lib/checkpoint/official_heads.ts";
import { describe, it } from "../../harness.ts";

/** openai/whisper's alignment heads, decoded by Python. */
const HEADS: Record<string, string> = {
  "tiny.en": "(1,0)(2,0)(2,5)(3,0)(3,1)(3,2)(3,3)(3,4)",
  "tiny": "(2,2)(3,0)(3,2)(3,3)(3,4)(3,5)",
  "base.en": "(3,3)(4,7)(5,1)(5,5)(5,7)",
  "base": "(3,1)(4,2)(4,3)(4,7)(5,1)(5,2)(5,4)(5,6)",
  "small.en":
    "(6,6)(7,0)(7,3)(7,8)(8,2)(8,5)(8,7)(9,0)(9,4)(9,8)(9,10)(10,0)(10,1)(10,2)(10,3)(10,6)(10,11)(11,2)(11,4)",
  "small": "(5,3)(5,9)(8,0)(8,4)(8,7)(8,8)(9,0)(9,7)(9,9)(10,5)",
  "medium.en":
    "(11,4)(14,1)(14,12)(14,14)(15,4)(16,0)(16,4)(16,9)(17,12)(17,14)(18,7)(18,10)(18,15)(20,0)(20,3)(20,9)(20,14)(21,12)",
  "medium": "(13,15)(15,4)(15,15)(16,1)(20,0)(23,4)",
  "large-v1": "(9,19)(11,2)(11,4)(11,17)(22,7)(22,11)(22,17)(23,2)(23,15)",
  "large-v2":
    "(10,12)(13,17)(16,11)(16,12)(16,13)(17,15)(17,16)(18,4)(18,11)(18,19)(19,11)(21,2)(21,3)(22,3)(22,9)(22,12)(23,5)(23,7)(23,13)(25,5)(26,1)(26,12)(27,15)",
  "large-v3": "(7,0)(10,17)(12,18)(13,12)(16,1)(17,14)(19,11)(21,4)(24,1)(25,6)",
  "large-v3-turbo": "(2,4)(2,11)(3,3)(3,6)(3,11)(3,14)",
};

describe("registry", () => {
  it("availableModels() gives the names of openai/whisper in its order", () => {
    assert.deepEqual(availableModels(), [
      "tiny.en",
      "tiny",
      "base.en",
      "base",
      "small.en",
      "small",
      "medium.en",
      "medium",
      "large-v1",
      "large-v2",
      "large-v3",
      "large",
      "large-v3-turbo",
      "turbo",
    ]);
  });

  it("gives a model by name, file name, size, SHA-256 and number of languages, and little else", () => {
    for (const { translates: _, ...model } of OFFICIAL_MODELS) {
      assert.deepEqual(Object.keys(model).sort(), ["fileName", "languages", "name", "sha256", "size"]);
    }
    const cannot = OFFICIAL_MODELS.filter(({ translates }) => translates === false);
    assert.deepEqual(cannot.map(({ name }) => name), ["large-v3-turbo", "turbo"]);
    const { size, languages } = findModel("tiny.en")!;
    assert.deepEqual([size, languages], [76_000_000, 1]);
    assert.deepEqual([findModel("base")!.languages, findModel("turbo")!.languages], [99, 100]);
  });

  it("alignmentHeadsOf() gives what Python decodes", () => {
    for (const model of OFFICIAL_MODELS) {
      const heads = alignmentHeadsOf(model).map(([layer, head]) => `(${layer},${head})`).join("");
      assert.equal(heads, HEADS[model.fileName.replace(/\.pt$/, "")], model.name);
    }
  });

  it("modelUrl() gives OpenAI's address, or the same path on a mirror", () => {
    const tiny = findModel("tiny")!;
    const path = "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9/tiny.pt";
    assert.equal(modelUrl(tiny).href, `https://openaipublic.azureedge.net/main/whisper/models/${path}`);
    assert.equal(modelUrl(tiny, "http://mirror.test/a/").href, `http://mirror.test/a/${path}`);
  });

  it("modelBySha256() finds a file whatever its name, and findModel() knows only official names", () => {
    assert.equal(modelBySha256(findModel("turbo")!.sha256.toUpperCase())?.name, "large-v3-turbo");
    assert.equal(modelBySha256("0".repeat(64)), undefined);
    assert.equal(findModel("huge"), undefined);
  });
});

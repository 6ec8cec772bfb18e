import assert from "node:assert/strict";
import { detectLanguage } from "../../../lib/decoding/detect_language.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../harness.ts";
import { FakeModel, sparse } from "./fake_model.ts";
import { MULTILINGUAL } from "../model/families.ts";

const tokenizer = await loadTokenizer(MULTILINGUAL);

describe("detectLanguage()", () => {
  it("compares the language tokens after the start of a transcript, and no other token", async () => {
    const [en, de] = [tokenizer.sot + 1, tokenizer.sot + 3];
    const script = () => sparse(51865, { 0: 50, [tokenizer.noSpeech]: 40, [en]: 1, [de]: 3 });
    const model = new FakeModel({ nVocab: 51865, script });
    {
      using features = await model.embedAudio(new Float32Array());
      const { language, languageProbs } = await detectLanguage(model, features, tokenizer);
      assert.equal(language, "de");
      assert.deepEqual([...languageProbs.keys()], tokenizer.allLanguageCodes);
      const ratio = languageProbs.get("de")! / languageProbs.get("en")!;
      assert(Math.abs(ratio - Math.exp(2)) < 1e-3);
      const sum = [...languageProbs.values()].reduce((sum, probability) => sum + probability);
      assert(Math.abs(sum - 1) < 1e-4);
    }
    assert.deepEqual(model.calls.map(({ tokens }) => tokens), [[[tokenizer.sot]]]);
    assert.equal(model.alive, 0);
  });

  it("rejects an English-only model", async () => {
    const model = new FakeModel({ nVocab: 51864, script: () => sparse(51864, {}) });
    using features = await model.embedAudio(new Float32Array());
    await assert.rejects(detectLanguage(model, features, tokenizer), TypeError);
  });
});

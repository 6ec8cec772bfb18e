import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CheckpointFormatError } from "../../../lib/errors.ts";
import { modelFamily } from "../../../lib/model/family.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../harness.ts";
import { ENGLISH, LARGE_V3, MULTILINGUAL } from "./families.ts";

const LIB = fileURLToPath(new URL("../../../lib/", import.meta.url));

/** Where the shapes of a model are used. The generated vocabularies are text. */
const FOLDERS = ["decoding", "model", "timing", "tokenizer", "transcription"];

describe("modelFamily()", () => {
  it("gives the official models openai/whisper's windows, rates and languages", () => {
    for (const family of [ENGLISH, MULTILINGUAL, LARGE_V3]) {
      const { windowSeconds, windowFrames, windowPositions, framesPerSecond, positionsPerSecond } = family;
      assert.deepEqual([windowSeconds, windowFrames, windowPositions], [30, 3000, 1500]);
      assert.deepEqual([framesPerSecond, positionsPerSecond, family.secondsPerPosition], [100, 50, 0.02]);
      assert.deepEqual(family.unusedTokens, []);
    }
    const languages = [ENGLISH, MULTILINGUAL, LARGE_V3].map((family) => [
      family.isMultilingual,
      family.numLanguages,
      family.nMels,
    ]);
    assert.deepEqual(languages, [[false, 99, 80], [true, 99, 80], [true, 100, 128]]);
  });

  it("makes the window as long as the encoder is", () => {
    const { windowSeconds, windowFrames, windowPositions, secondsPerPosition } = modelFamily({
      dims: { nMels: 80, nAudioCtx: 500, nVocab: 51865 },
    });
    assert.deepEqual([windowSeconds, windowFrames, windowPositions, secondsPerPosition], [
      10,
      1000,
      500,
      0.02,
    ]);
  });

  it("refuses a vocabulary it does not know, instead of counting its tokens wrong", () => {
    for (const nVocab of [51866, 51867, 51870, 51904, 50257, 1]) {
      assert.throws(() => modelFamily({ dims: { nMels: 80, nAudioCtx: 1500, nVocab } }), (error) => {
        assert(error instanceof CheckpointFormatError);
        assert.match(
          error.message,
          new RegExp(`its ${nVocab} tokens .* with added tokens is read from the folder`),
        );
        return true;
      });
    }
  });

  it("takes a vocabulary with added tokens as its checkpoint names them", async () => {
    const added = new Map([[51865, "Tromsø"]]);
    const specialTokens = { ...MULTILINGUAL.specialTokens, added };
    const family = modelFamily({ dims: { nMels: 80, nAudioCtx: 1500, nVocab: 51872 }, specialTokens });
    assert.deepEqual(family.unusedTokens, [51866, 51867, 51868, 51869, 51870, 51871]);
    assert.equal(family.numLanguages, 99);
    const tokenizer = await loadTokenizer(family);
    assert.deepEqual(tokenizer.sotSequence, [50258, 50259, 50359]);
    assert.equal(tokenizer.decode([50364, 51865, 13, 51864]), "Tromsø.");
    assert.deepEqual([51864, 51865, 51866, 50256, 50257].map((token) => tokenizer.isText(token)), [
      false,
      true,
      false,
      true,
      false,
    ]);
    assert.deepEqual([50363, 50364, 51864, 51865].map((token) => tokenizer.isTimestamp(token)), [
      false,
      true,
      true,
      false,
    ]);
  });

  it("refuses special tokens that follow another vocabulary of text", () => {
    const specialTokens = { ...MULTILINGUAL.specialTokens, eot: 50300 };
    assert.throws(
      () => modelFamily({ dims: { nMels: 80, nAudioCtx: 1500, nVocab: 51865 }, specialTokens }),
      /end of text is token 50300: wanted 50256 or 50257/,
    );
  });

  it("is the one place that knows these numbers", () => {
    for (const folder of FOLDERS) {
      const files = readdirSync(join(LIB, folder), { encoding: "utf8", recursive: true });
      for (const file of files.filter((name) => name.endsWith(".ts") && !name.endsWith("_vocabulary.ts"))) {
        if (file === "family.ts") continue;
        const text = readFileSync(join(LIB, folder, file), "utf8");
        const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"[^"\n]*"|'[^'\n]*'/gm, "");
        const found = code.match(/(?<![\w.])(30|50|0\.02|3000|1500|1501|5186\d|51765|50256|50257)(?![\w.])/g);
        assert.deepEqual(found, null, `${folder}/${file}`);
      }
    }
  });
});

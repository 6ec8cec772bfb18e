import assert from "node:assert/strict";
import { parseJson } from "../../../../lib/checkpoint/format/json.ts";
import { specialTokensOf, tokenTexts } from "../../../../lib/checkpoint/format/special_tokens.ts";
import type { SpecialTokens } from "../../../../lib/checkpoint/types.ts";
import { CheckpointFormatError } from "../../../../lib/errors.ts";
import { modelFamily } from "../../../../lib/model/family.ts";
import { describe, it } from "../../../harness.ts";
import { ENGLISH, LARGE_V3, MULTILINGUAL } from "../../model/families.ts";
import { generationConfig, specialTexts } from "../corpus/hugging_face.ts";

/** A value as it comes out of a file. */
function json(value: unknown): unknown {
  return parseJson(new TextEncoder().encode(JSON.stringify(value)), "a test");
}

/** What files with these contents say of a multilingual vocabulary of that many rows. */
function read(
  { texts, generation, nVocab = 51865 }: { texts?: object; generation?: object; nVocab?: number },
): SpecialTokens | undefined {
  return specialTokensOf(
    texts === undefined ? new Map() : tokenTexts(json(texts), "added_tokens.json"),
    generation === undefined ? undefined : json(generation),
    { nVocab, nAudioCtx: 1500 },
  );
}

const texts = specialTexts(MULTILINGUAL);
const withoutTimestamps = specialTexts(MULTILINGUAL, { timestamps: false });
const OFFICIAL = { ...MULTILINGUAL.specialTokens, added: new Map() };

describe("specialTokensOf()", () => {
  for (const [name, family] of Object.entries({ ENGLISH, MULTILINGUAL, LARGE_V3 })) {
    it(`specialTokensOf() finds the official tokens in the files of ${name}`, () => {
      const wanted = { ...family.specialTokens, added: new Map() };
      const { nVocab } = family;
      for (const timestamps of [true, false]) {
        assert.deepEqual(read({ texts: specialTexts(family, { timestamps }), nVocab }), wanted);
      }
      const both = { texts: specialTexts(family), generation: generationConfig(family), nVocab };
      assert.deepEqual(read(both), wanted);
    });
  }

  it("specialTokensOf() finds them in tokenizer.json, and in generation_config.json alone", () => {
    const added_tokens = Object.entries(texts).map(([content, id]) => ({ id, content, special: true }));
    assert.deepEqual(read({ texts: added_tokens }), OFFICIAL);
    assert.deepEqual(read({ generation: generationConfig(MULTILINGUAL) }), OFFICIAL);
  });

  it("specialTokensOf() takes the old name of <|nospeech|>", () => {
    const { "<|nospeech|>": noSpeech, ...others } = texts;
    assert.deepEqual(read({ texts: { ...others, "<|nocaptions|>": noSpeech } }), OFFICIAL);
  });

  it("specialTokensOf() counts no special token from the end of a padded vocabulary", () => {
    for (const nVocab of [51866, 51870, 51904]) {
      for (const files of [{ texts }, { texts: withoutTimestamps }]) {
        const specialTokens = read({ ...files, nVocab })!;
        assert.deepEqual(specialTokens, OFFICIAL);
        const { unusedTokens } = modelFamily({ dims: { nMels: 80, nAudioCtx: 1500, nVocab }, specialTokens });
        assert.equal(unusedTokens.length, nVocab - 51865);
      }
    }
  });

  it("specialTokensOf() takes tokens that were added after the timestamps, and before them", () => {
    const after = read({
      texts: { ...texts, "Tromsø": 51865, "<|speaker|>": 51867, beyond: 60000 },
      nVocab: 51870,
    })!;
    assert.deepEqual([...after.added!], [[51865, "Tromsø"], [51867, "<|speaker|>"]]);
    assert.equal(after.timestampEnd, 51865);
    const moved = Object.fromEntries(
      Object.entries(texts).map(([text, token]) => [text, token >= 50364 ? token + 2 : token]),
    );
    const before = read({ texts: { ...moved, one: 50364, two: 50365 }, nVocab: 51867 })!;
    assert.deepEqual([...before.added!], [[50364, "one"], [50365, "two"]]);
    assert.deepEqual([before.timestampBegin, before.timestampEnd], [50366, 51867]);
  });

  it("specialTokensOf() takes a language that was added after the timestamps", () => {
    const generation = generationConfig(MULTILINGUAL);
    const lang_to_id = { ...generation.lang_to_id as object, "<|fy|>": 51865 };
    const { languages } = read({ texts, generation: { ...generation, lang_to_id }, nVocab: 51866 })!;
    assert.equal(languages.size, 100);
    assert.equal([...languages.keys()].at(-1), "fy");
  });

  it("specialTokensOf() gives nothing where the files say too little", () => {
    assert.equal(read({}), undefined);
    assert.equal(read({ generation: { suppress_tokens: [1] } }), undefined);
    assert.equal(read({ texts: { "<|startoftranscript|>": 50258 } }), undefined);
    // The languages of an English-only model are in no generation_config.json.
    assert.equal(read({ generation: generationConfig(ENGLISH), nVocab: 51872 }), undefined);
  });

  const refused: Readonly<Record<string, [Parameters<typeof read>[0], RegExp]>> = {
    "two files that differ": [
      { texts, generation: { ...generationConfig(MULTILINGUAL), no_timestamps_token_id: 50362 } },
      /two tokens for noTimestamps, 50363 and 50362/,
    ],
    "another order": [
      { texts: { ...withoutTimestamps, "<|translate|>": 50359, "<|transcribe|>": 50358 } },
      /the special tokens the numbers .*50359, 50358.* not those of a Whisper vocabulary/,
    ],
    "timestamps beyond the vocabulary": [
      { texts, nVocab: 51800 },
      /up to 51865, .* vocabulary of 51800 tokens/,
    ],
    "a language among the timestamps": [
      { texts: { ...withoutTimestamps, "<|fy|>": 50400 } },
      /language "fy" the token 50400/,
    ],
    "text among the timestamps": [
      { texts: { ...withoutTimestamps, word: 50364 } },
      /have "word" for the token 50364, which is a timestamp/,
    ],
    "one token twice": [{ texts: { ...texts, again: 50257 } }, /the token "again", 50257, twice/],
    "a token that is text": [{ texts: { ...texts, again: "x" } }, /a string for the token "again"/],
    "a negative token": [{ texts: { again: -1 } }, /the integer -1 for the token "again"/],
    "a fraction of a token": [{ texts: { again: 0.5 } }, /the float 0\.5 for the token "again"/],
    "an empty text": [{ texts: { "": 1 } }, /no string of 1 to 256 characters/],
    "an endless text": [{ texts: { ["x".repeat(300)]: 1 } }, /no string of 1 to 256 characters/],
    "a list of numbers": [
      { texts: [1] },
      /an added token in added_tokens\.json is the integer 1/,
    ],
    "an end that is text": [{ texts, generation: { eos_token_id: "x" } }, /eos_token_id .* is a string/],
  };
  for (const [what, [files, message]] of Object.entries(refused)) {
    it(`specialTokensOf() refuses ${what}`, () => {
      assert.throws(() => read(files), (error) => {
        assert.ok(error instanceof CheckpointFormatError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("tokenTexts() refuses what is neither object nor list", () => {
    assert.throws(
      () => tokenTexts(json(1), "tokenizer.json"),
      /tokenizer\.json has the integer 1 for its added tokens/,
    );
  });
});

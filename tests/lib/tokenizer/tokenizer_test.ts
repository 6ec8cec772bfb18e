import assert from "node:assert/strict";
import { loadTokenizer, type Task } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../harness.ts";
import { ENGLISH, LARGE_V3, MULTILINGUAL } from "../model/families.ts";

const english = () => loadTokenizer(ENGLISH);
const french = () => loadTokenizer(MULTILINGUAL, { language: "French" });

describe("loadTokenizer()", () => {
  it("makes a multilingual tokenizer transcribe English by default", async () => {
    const tokenizer = await loadTokenizer(MULTILINGUAL);
    assert.deepEqual([tokenizer.language, tokenizer.task], ["en", "transcribe"]);
    assert.deepEqual(tokenizer.sotSequence, [50258, 50259, 50359]);
  });

  it("gives the .en models neither language nor task", async () => {
    const tokenizer = await loadTokenizer(ENGLISH, { language: "fr", task: "translate" });
    assert.deepEqual([tokenizer.language, tokenizer.task], [undefined, undefined]);
    assert.deepEqual(tokenizer.sotSequenceIncludingNoTimestamps, [50257, 50362]);
    assert.throws(() => tokenizer.languageToken, RangeError);
  });

  it("rejects an unknown language with the nearest one", async () => {
    for (const family of [MULTILINGUAL, ENGLISH]) {
      await assert.rejects(loadTokenizer(family, { language: "Frensh" }), {
        name: "RangeError",
        message: /"Frensh".*nearest one is "french"/,
      });
    }
  });

  it("rejects Cantonese for a vocabulary of 99 languages", async () => {
    const options = { language: "Cantonese" };
    assert.equal((await loadTokenizer(LARGE_V3, options)).languageToken, 50358);
    await assert.rejects(loadTokenizer(MULTILINGUAL, options), {
      name: "RangeError",
      message: /"Cantonese".*first 99 languages/,
    });
  });

  it("rejects an unknown task", async () => {
    await assert.rejects(loadTokenizer(MULTILINGUAL, { task: "summarize" as Task }), RangeError);
  });
});

describe("Tokenizer", () => {
  it("knows its languages and their tokens in the same order", async () => {
    const tokenizer = await french();
    assert.equal(tokenizer.allLanguageCodes.length, 99);
    assert.deepEqual(tokenizer.allLanguageCodes.slice(0, 3), ["en", "zh", "de"]);
    assert.deepEqual(tokenizer.allLanguageTokens.slice(0, 3), [50259, 50260, 50261]);
    assert.equal(tokenizer.languageToken, 50265);
    assert.equal(tokenizer.decode([tokenizer.languageToken]), "<|fr|>");
  });

  it("encode() takes the text of a special token for text", async () => {
    const tokenizer = await english();
    const tokens = tokenizer.encode("<|endoftext|>");
    assert.deepEqual(tokens, [27, 91, 437, 1659, 5239, 91, 29]);
    assert.equal(tokenizer.decode(tokens), "<|endoftext|>");
  });

  it("decode() drops timestamps and writes other special tokens", async () => {
    const tokenizer = await english();
    const tokens = [
      tokenizer.sot,
      tokenizer.timestampBegin,
      ...tokenizer.encode(" Hi"),
      tokenizer.eot,
      51863,
    ];
    assert.equal(tokenizer.decode(tokens), "<|startoftranscript|> Hi<|endoftext|>");
    assert.equal(tokenizer.decode(new Set(tokens)), tokenizer.decode(tokens));
  });

  it("decodeWithTimestamps() writes timestamps", async () => {
    const tokenizer = await english();
    const { timestampBegin } = tokenizer;
    const tokens = [timestampBegin, ...tokenizer.encode(" Hi"), timestampBegin + 54, timestampBegin + 1500];
    assert.equal(tokenizer.decodeWithTimestamps(tokens), "<|0.00|> Hi<|1.08|><|30.00|>");
  });

  it("decode() joins no bytes across a special token", async () => {
    const tokenizer = await french();
    assert.equal(tokenizer.decode([127, 102]), "é");
    assert.equal(tokenizer.decode([127, tokenizer.eot, 102]), "\ufffd<|endoftext|>\ufffd");
  });

  it("decodeWithTimestamps() rejects a token that the vocabulary does not have", async () => {
    const tokenizer = await english();
    for (const wrong of [tokenizer.vocabularySize, -1]) {
      assert.throws(() => tokenizer.decodeWithTimestamps([wrong]), RangeError);
    }
  });

  it("splitToWordTokens() splits at spaces and punctuation", async () => {
    const tokenizer = await french();
    const { words } = tokenizer.splitToWordTokens([...tokenizer.encode(" Dis-moi, l'été."), tokenizer.eot]);
    assert.deepEqual(words, [" Dis", "-moi", ",", " l", "'été", ".", "<|endoftext|>"]);
  });

  it("splitToWordTokens() gives a broken character to a word of its own", async () => {
    const tokenizer = await loadTokenizer(MULTILINGUAL, { language: "ja" });
    const { words } = tokenizer.splitToWordTokens([8404, 871, 287, 6, 246, 526, 3210, 20378]);
    assert.deepEqual(words, [" elle", " est", " l", "'", "\ufffd", "é", "rit", "oire"]);
  });

  it("splitToWordTokens() splits at every character in languages without spaces", async () => {
    const text = "今天天气很好 a b";
    for (const language of ["zh", "ja", "th", "lo", "my", "yue", "en"]) {
      const tokenizer = await loadTokenizer(LARGE_V3, { language });
      const tokens = tokenizer.encode(text);
      const { words, wordTokens } = tokenizer.splitToWordTokens(tokens);
      assert.equal(words.join(""), text);
      assert.deepEqual(wordTokens.flat(), tokens);
      assert.equal(words[0].startsWith("今天天气很好"), language === "en");
    }
  });
});

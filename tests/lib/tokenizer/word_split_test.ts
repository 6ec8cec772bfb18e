import assert from "node:assert/strict";
import { splitOnSpaces, splitOnUnicode } from "../../../lib/tokenizer/word_split.ts";
import { describe, it } from "../../harness.ts";

const EOT = 100;

/** Tokens from `EOT` on are special, those below it an index of these parts, given as text or bytes. */
function vocabularyOf(...parts: (string | readonly number[])[]): (tokens: readonly number[]) => string {
  const encoder = new TextEncoder();
  return (tokens) => {
    const bytes = tokens.flatMap((token) => {
      const part = token >= EOT ? "<|endoftext|>" : parts[token];
      return typeof part === "string" ? [...encoder.encode(part)] : part;
    });
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
  };
}

describe("splitOnUnicode()", () => {
  it("splits between any two whole characters", () => {
    const decode = vocabularyOf("你", "好吗", " a");
    assert.deepEqual(splitOnUnicode([0, 1, 2, EOT], decode), {
      words: ["你", "好吗", " a", "<|endoftext|>"],
      wordTokens: [[0], [1], [2], [EOT]],
    });
  });

  it("keeps the tokens of one character together", () => {
    const decode = vocabularyOf([0xf0], [0x9f], [0x98], [0x80], "x", "");
    assert.deepEqual(splitOnUnicode([4, 0, 1, 5, 2, 3, 4], decode), {
      words: ["x", "😀", "x"],
      wordTokens: [[4], [0, 1, 5, 2, 3], [4]],
    });
  });

  it("gives broken bytes to a word of their own", () => {
    const decode = vocabularyOf([0xe2], "a", [0x82]);
    assert.deepEqual(splitOnUnicode([0, 1, 2, 1, 0], decode).words, ["\ufffd", "a", "\ufffd", "a", "\ufffd"]);
  });

  it("loses no token after broken bytes that are shared by two tokens", () => {
    const decode = vocabularyOf([0xe2], [0x82], "abc", [0xff, 0xe2], [0x82, 0xac]);
    assert.deepEqual(splitOnUnicode([0, 1, 2, EOT], decode).wordTokens, [[0, 1], [2], [EOT]]);
    assert.deepEqual(splitOnUnicode([3, 4, 2, EOT], decode), {
      words: ["\ufffd€", "abc", "<|endoftext|>"],
      wordTokens: [[3, 4], [2], [EOT]],
    });
  });

  it("keeps a U+FFFD that is in the text whole", () => {
    const decode = vocabularyOf([0xef], [0xbf, 0xbd], "a");
    assert.deepEqual(splitOnUnicode([0, 1, 2], decode).wordTokens, [[0, 1], [2]]);
  });
});

describe("splitOnSpaces()", () => {
  it("joins parts of a word", () => {
    const decode = vocabularyOf(" tok", "en", "izer", " works");
    assert.deepEqual(splitOnSpaces([0, 1, 2, 3], decode, EOT), {
      words: [" tokenizer", " works"],
      wordTokens: [[0, 1, 2], [3]],
    });
  });

  it("starts a word at punctuation, at space alone and at special tokens", () => {
    const decode = vocabularyOf("a", ",", "()", "\n", "\u001c", "\ufeff");
    assert.deepEqual(splitOnSpaces([0, 1, 0, 2, 3, 4, EOT], decode, EOT).wordTokens, [[0], [1, 0], [2], [3], [
      4,
    ], [EOT]]);
    assert.deepEqual(splitOnSpaces([0, 5], decode, EOT).wordTokens, [[0, 5]]);
  });

  it("takes several marks for punctuation only where Python finds them in its list", () => {
    const decode = vocabularyOf("a", "...", "?!", "¿", " -- ");
    assert.deepEqual(splitOnSpaces([0, 1, 2, 3], decode, EOT).words, ["a...?!¿"]);
    assert.deepEqual(splitOnSpaces([0, 4], decode, EOT).words, ["a", " -- "]);
  });

  it("gives nothing for no tokens", () => {
    assert.deepEqual(splitOnSpaces([], vocabularyOf(), EOT), { words: [], wordTokens: [] });
  });
});

import assert from "node:assert/strict";
import { BytePairEncoding } from "../../../lib/tokenizer/bpe.ts";
import { gpt2Encoding, multilingualEncoding } from "../../../lib/tokenizer/vocabulary.ts";
import { describe, it } from "../../harness.ts";

/** The bytes in the order of their tokens. */
const BYTE_RANGES = [[0x21, 0x7e], [0xa1, 0xac], [0xae, 0xff], [0x00, 0x20], [0x7f, 0xa0], [0xad, 0xad]];
const BYTES = BYTE_RANGES.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

/** The tokens of single bytes, given as numbers or as text. */
function bytes(...parts: (number | string)[]): number[] {
  const encoder = new TextEncoder();
  return parts.flatMap((part) => typeof part === "string" ? [...encoder.encode(part)] : [part])
    .map((byte) => BYTES.indexOf(byte));
}

/** An encoding with these merges. */
function encodingOf(merges: readonly (readonly [number, number])[], emptyTokens = 0): BytePairEncoding {
  return new BytePairEncoding(Uint16Array.from(merges.flat()), 256 + merges.length + emptyTokens);
}

const [a, b, c] = bytes("abc");

/** Tokens 256 and 257 are "ab" and "abc"; token 258 is empty. */
const small = encodingOf([[a, b], [256, c]], 1);

describe("BytePairEncoding", () => {
  it("encode() merges what the vocabulary has and leaves the rest as bytes", () => {
    assert.deepEqual(small.encode("abcabxa"), [257, 256, ...bytes("xa")]);
    assert.deepEqual(small.encode("é\n"), bytes("é\n"));
    assert.deepEqual(small.encode(""), []);
  });

  it("encode() merges nothing across pieces", () => {
    const [s, one, dot] = bytes("s1.");
    const encoding = encodingOf([[s, a], [a, one], [one, dot]]);
    assert.deepEqual(encoding.encode("sa"), [256]);
    assert.deepEqual(encoding.encode("'sa"), bytes("'sa"));
    assert.deepEqual(encoding.encode("a1."), bytes("a1."));
  });

  it("encode() leaves the last of several spaces to the word after them", () => {
    const [space] = bytes(" ");
    const encoding = encodingOf([[space, space], [space, a]]);
    assert.deepEqual(encoding.encode("   a"), [256, 257]);
    assert.deepEqual(encoding.encode("a   "), [a, 256, space]);
  });

  it("encode() takes U+0085 for space, and U+FEFF and U+001C for none", () => {
    const [mark] = bytes("!");
    for (const [character, isSpace] of [["\u0085", true], ["\ufeff", false], ["\u001c", false]] as const) {
      const last = bytes(character).at(-1) as number;
      const merges = encodingOf([[last, mark]]).encode(`${character}!`).includes(256);
      assert.equal(merges, !isSpace, JSON.stringify(character));
    }
  });

  it("encode() takes a lone surrogate for U+FFFD", () => {
    assert.deepEqual(small.encode("a\ud83db\udc00"), bytes("a\ufffdb\ufffd"));
    assert.deepEqual(small.encode("\ud83d\ude00"), bytes("😀"));
  });

  it("decode() joins the bytes of all tokens before it decodes them", () => {
    const [first, second] = bytes("é");
    assert.equal(small.decode([257, first, second, 256]), "abcéab");
    assert.equal(small.decode([first]), "\ufffd");
    assert.equal(small.decode([first, a, second]), "\ufffda\ufffd");
  });

  it("decode() keeps byte order marks", () => {
    assert.equal(small.decode(bytes("\ufeffa\ufeff")), "\ufeffa\ufeff");
  });

  it("decode() gives one U+FFFD for each longest start of a character", () => {
    assert.equal(small.decode(bytes(0xf0, 0x9f, 0x98)), "\ufffd");
    assert.equal(small.decode(bytes(0xe2, 0x82, "A")), "\ufffdA");
    assert.equal(small.decode(bytes(0xc0, 0x80)), "\ufffd".repeat(2));
    assert.equal(small.decode(bytes(0xed, 0xa0, 0x80)), "\ufffd".repeat(3));
    assert.equal(small.decode(bytes(0xf4, 0x90, 0x80, 0x80)), "\ufffd".repeat(4));
  });

  it("decode() gives nothing for an empty token and rejects one that the vocabulary does not have", () => {
    assert.equal(small.decode([256, 258, 257]), "ababc");
    for (const wrong of [259, -1, 1.5, NaN]) assert.throws(() => small.decode([wrong]), RangeError);
  });
});

describe("the vocabularies", () => {
  it("have 50,256 and 50,257 tokens, of which the last multilingual one is empty", async () => {
    const [gpt2, multilingual] = [await gpt2Encoding(), await multilingualEncoding()];
    assert.equal(gpt2.size, 50256);
    assert.equal(gpt2.decode([50255]), " gazed");
    assert.equal(multilingual.size, 50257);
    assert.equal(multilingual.decode([50255, 50256]), "场");
  });

  it("are loaded once", async () => assert.equal(await gpt2Encoding(), await gpt2Encoding()));

  it("encode a word of a million letters, which takes hours if the time is quadratic", async () => {
    const encoding = await multilingualEncoding();
    assert.equal(encoding.encode("a".repeat(1_000_000)).length, 250_000);
  });
});

import assert from "node:assert/strict";
import { initialTokens, suppressedTokens } from "../../../lib/decoding/initial_tokens.ts";
import { type DecodingOptions, decodingSettings } from "../../../lib/decoding/options.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../harness.ts";
import { MULTILINGUAL } from "../model/families.ts";

const tokenizer = await loadTokenizer(MULTILINGUAL, { language: "de", task: "translate" });
const SOT = [50258, 50261, 50358];
const SOT_PREV = 50361;

function initial(options: DecodingOptions): number[] {
  return initialTokens(tokenizer, decodingSettings(options), 448);
}

function range(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start + i);
}

describe("initialTokens()", () => {
  it("tells language and task, and whether there are timestamps", () => {
    assert.deepEqual(initial({}), SOT);
    assert.deepEqual(initial({ withoutTimestamps: true }), [...SOT, 50363]);
  });

  it("puts the prompt before and the prefix after, with one space before text", () => {
    const text = tokenizer.encode(" Ada and Grace");
    assert.deepEqual(initial({ prompt: "Ada and Grace" }), [SOT_PREV, ...text, ...SOT]);
    assert.deepEqual(initial({ prefix: "  Ada and Grace\n" }), [...SOT, ...text]);
    assert.deepEqual(initial({ prompt: [1, 2], prefix: [3] }), [SOT_PREV, 1, 2, ...SOT, 3]);
    assert.deepEqual(initial({ prompt: [7] }), [SOT_PREV, 7, ...SOT]);
    assert.deepEqual(initial({ prompt: "", prefix: [] }), SOT);
  });

  it("keeps the last 223 tokens of the prompt", () => {
    assert.deepEqual(initial({ prompt: range(1, 300) }), [SOT_PREV, ...range(78, 223), ...SOT]);
  });

  it("keeps as many of the last tokens of the prefix as sampling leaves room for", () => {
    assert.deepEqual(initial({ prefix: range(1, 30), sampleLen: 214 }), [...SOT, ...range(21, 10)]);
    assert.deepEqual(initial({ prefix: range(1, 30), sampleLen: 223 }), [...SOT, 30]);
    assert.deepEqual(initial({ prefix: range(1, 30) }), [...SOT, ...range(1, 30)]);
    assert.deepEqual(initial({ prefix: range(1, 30), sampleLen: 234 }), [...SOT, ...range(1, 30)]);
    const strict = { strictParity: true, prefix: range(1, 30), sampleLen: 234 };
    assert.deepEqual(initial(strict), [...SOT, ...range(11, 20)], "there it loses its beginning");
  });

  it("rejects a prefix that does not fit the context", () => {
    assert.equal(initial({ prefix: range(1, 445) }).length, 448);
    assert.throws(() => initial({ prefix: range(1, 446) }), /RangeError: .*449 tokens.*448 positions/);
  });
});

describe("suppressedTokens()", () => {
  const SPECIAL = [50258, 50358, 50359, 50360, 50361, 50362];

  it("takes -1 for the symbols that are not speech, and adds the special tokens", () => {
    const expected = [...tokenizer.nonSpeechTokens, ...SPECIAL].sort((a, b) => a - b);
    assert.deepEqual(suppressedTokens(tokenizer, [-1]), expected);
    assert.deepEqual(suppressedTokens(tokenizer, [-1, 0]).slice(0, 3), [0, ...expected.slice(0, 2)]);
  });

  it("takes a list for just those", () => {
    assert.deepEqual(suppressedTokens(tokenizer, [9, 5, 5]), [5, 9, ...SPECIAL]);
  });

  it("suppresses nothing when nothing is asked for, as openai/whisper does", () => {
    for (const nothing of [null, []]) assert.deepEqual(suppressedTokens(tokenizer, nothing), []);
  });

  it("rejects tokens that are not in the vocabulary", () => {
    assert.deepEqual(suppressedTokens(tokenizer, [51864]).at(-1), 51864);
    for (const token of [51865, -2]) assert.throws(() => suppressedTokens(tokenizer, [token]), RangeError);
  });
});

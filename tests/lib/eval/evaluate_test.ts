import assert from "node:assert/strict";
import { evaluate, formatAligned, wordErrorRate } from "../../../lib/eval/evaluate.ts";
import { describe, it } from "../../harness.ts";
import { seededUniform } from "../../seeded_random.ts";

describe("evaluate()", () => {
  it("counts words and characters after the field's normalisation", () => {
    const found = evaluate([
      { reference: "Mr. Grey had twenty pounds.", hypothesis: "mister gray had £20" },
      { reference: "He went home", hypothesis: "he home" },
    ]);
    assert.deepEqual(found.words, { total: 7, substitutions: 0, deletions: 1, insertions: 0 });
    assert.equal(found.wordErrorRate, 1 / 7);
    // "went " of "mister gray had £20" and "he went home".
    assert.deepEqual(found.characters, { total: 31, substitutions: 0, deletions: 5, insertions: 0 });
    assert.equal(found.characterErrorRate, 5 / 31);
  });

  it("compares as it is told", () => {
    const pair = { reference: "One, two", hypothesis: "one two" };
    assert.equal(evaluate([pair], { normaliser: "none" }).words.substitutions, 1);
    assert.equal(evaluate([pair], { normaliser: "basic" }).wordErrorRate, 0);
    assert.equal(evaluate([pair], { normaliser: (text) => text.slice(0, 3) }).words.total, 1);
    const chinese = { reference: "今天天气很好", hypothesis: "今天天氣很好" };
    assert.deepEqual(evaluate([chinese], { normaliser: "basic", splitLetters: true }).words.total, 6);
    assert.throws(() => evaluate([chinese], { splitLetters: true }), /splitLetters needs normaliser "basic"/);
  });

  it("gives intervals that hold the rate, are the same each time, and shrink with more speech", () => {
    const random = seededUniform(5);
    const pairs = (count: number) =>
      Array.from({ length: count }, () => {
        const words = Array.from({ length: 20 }, (_, i) => `w${i}`);
        return {
          reference: words.join(" "),
          hypothesis: words.map((word) => random() < 0.1 ? "x" : word).join(" "),
        };
      });
    const few = evaluate(pairs(20)), many = evaluate(pairs(500));
    const [low, high] = many.wordErrorInterval!;
    assert.ok(low < 0.1 && 0.1 < high, `${low} to ${high}`);
    assert.ok(high - low < (few.wordErrorInterval![1] - few.wordErrorInterval![0]) / 3);
    // Of 10,000 words with an error in ten, a standard deviation is 0.3 points.
    assert.ok(high - low > 0.008 && high - low < 0.016, `${high - low}`);
    const again = pairs(10);
    assert.deepEqual(evaluate(again).wordErrorInterval, evaluate(again).wordErrorInterval);
  });

  it("gives no interval of one stretch of speech, nor where nothing was said", () => {
    const short = evaluate([{ reference: "my cat", hypothesis: "my dog" }]);
    assert.deepEqual([short.wordErrorRate, short.wordErrorInterval, short.characterErrorInterval], [
      0.5,
      null,
      null,
    ]);
    const silent = evaluate([{ reference: "", hypothesis: "a" }, { reference: "", hypothesis: "b" }]);
    assert.deepEqual([silent.wordErrorRate, silent.wordErrorInterval], [NaN, null]);
  });

  it("refuses what it cannot use", () => {
    assert.throws(() => evaluate([]), { code: "INVALID_INPUT" });
    assert.throws(() => evaluate("a" as never, "b" as never), { code: "INVALID_INPUT" });
    assert.throws(() => evaluate([{ reference: "a", hypothesis: "a" }], { confidence: 1 }), RangeError);
    assert.throws(() => evaluate([], { normalizer: "basic" } as never), /did you mean "normaliser"/);
  });
});

describe("wordErrorRate()", () => {
  it("is the errors a word that was said, and goes above 1 when text is made up", () => {
    assert.equal(wordErrorRate("My cat, she sat.", "my cat so"), 0.5);
    assert.equal(wordErrorRate("cat", "the cat sat"), 2);
  });

  it("refuses a text without words", () => {
    assert.throws(() => wordErrorRate("!", "one"), RangeError);
  });
});

describe("formatAligned()", () => {
  it("shows what is wrong under each word, and breaks lines", () => {
    const [utterance] = evaluate([{ reference: "the quick fox ran", hypothesis: "the quack fox so" }], {
      normaliser: "none",
    }).utterances;
    assert.equal(
      formatAligned(utterance),
      "REF: the QUICK fox RAN\nHYP: the QUACK fox SO\n         S         S\n",
    );
    assert.equal(formatAligned(utterance, { columns: 16 }).split("\n").length, 7);
  });

  it("puts stars where a word is missing", () => {
    const [utterance] =
      evaluate([{ reference: "a bc d f", hypothesis: "a d f e" }], { normaliser: "none" }).utterances;
    assert.equal(formatAligned(utterance), "REF: a BC d f *\nHYP: a ** d f E\n       D      I\n");
  });
});

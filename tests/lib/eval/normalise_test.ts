import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { normaliseBasic, normaliseEnglish, plainWords } from "../../../lib/eval/evaluate.ts";
import { describe, fixture, it } from "../../harness.ts";
import { COUNT, normaliserTexts } from "./normaliser_texts.ts";

const BLOCK = 100;

const WAYS: Readonly<Record<string, (text: string) => string>> = {
  english: normaliseEnglish,
  basic: (text) => normaliseBasic(text),
  basicWithoutDiacritics: (text) => normaliseBasic(text, { removeDiacritics: true }),
  basicWithSplitLetters: (text) => normaliseBasic(text, { splitLetters: true }),
};

const reference = JSON.parse(await readFile(fixture("eval/normalisers.json"), "utf8"));

describe("the normalisers", () => {
  const texts = normaliserTexts();
  for (const [name, normalise] of Object.entries(WAYS)) {
    it(`give for ${COUNT} texts what openai/whisper's give: ${name}`, () => {
      const { hashes, inFull } = reference[name] as { hashes: string[]; inFull: Record<string, string> };
      const found = texts.map(normalise);
      for (const [i, text] of Object.entries(inFull)) assert.equal(found[Number(i)], text, texts[Number(i)]);
      const blocks = hashes.map((_, i) => found.slice(i * BLOCK, (i + 1) * BLOCK).join("\n"));
      assert.equal(found.length, hashes.length * BLOCK);
      assert.deepEqual(
        blocks.map((block) => createHash("sha256").update(block).digest("hex").slice(0, 16)),
        hashes,
      );
    });
  }
});

describe("normaliseEnglish()", () => {
  it("writes numbers in figures, contractions out, and words as Americans do", () => {
    assert.equal(
      normaliseEnglish("Dr. Grey can't honour two hundred and six pounds, um, on the thirty-first"),
      "doctor gray can not honor £206 on the 31st",
    );
  });

  it("takes notes in brackets out", () => {
    assert.equal(normaliseEnglish("Yes [applause] (laughs) <i>no</i>").trim(), "yes no");
  });

  it("counts numbers beyond a float's", () => {
    assert.equal(normaliseEnglish("nine decillion"), "9".padEnd(34, "0"));
  });
});

describe("plainWords()", () => {
  it("lowers the case and drops punctuation", () => {
    assert.deepEqual(
      plainWords(" And so, my “fellow Americans”: ask not… "),
      "and so my fellow americans ask not".split(" "),
    );
  });

  it("keeps a word with an apostrophe whole, straight or curled, and parts words at hyphens", () => {
    assert.deepEqual(plainWords("Don't don’t cold-hearted—selfish"), [
      "dont",
      "dont",
      "cold",
      "hearted",
      "selfish",
    ]);
  });

  it("leaves numbers as they are written, and takes a letter and its accent for what they are together", () => {
    assert.deepEqual(plainWords("In 1961, CAFE\u0301 3rd"), ["in", "1961", "café", "3rd"]);
  });

  it("finds no words in silence", () => {
    assert.deepEqual(plainWords(" … \n"), []);
  });
});

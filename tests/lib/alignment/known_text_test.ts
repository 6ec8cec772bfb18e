import assert from "node:assert/strict";
import { endsSentence, startsSentence, unitsOf, wordsOfLines } from "../../../lib/alignment/known_text.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "../../../lib/transcription/punctuation.ts";
import { describe, it } from "../../harness.ts";
import { MULTILINGUAL } from "../model/families.ts";

const MARKS = { prependPunctuations: PREPEND_PUNCTUATIONS, appendPunctuations: APPEND_PUNCTUATIONS };

const wordsIn = async (language: string, ...lines: string[]) =>
  wordsOfLines(lines, await loadTokenizer(MULTILINGUAL, { language }), MARKS);

describe("wordsOfLines()", () => {
  it("cuts lines into words with their marks", async () => {
    const words = await wordsIn("en", '"Well," he said.', "Go!");
    assert.deepEqual(words.map(({ word, line }) => [word, line]), [
      [' "Well,"', 0],
      [" he", 0],
      [" said.", 0],
      [" Go!", 1],
    ]);
  });

  it("keeps where a line goes on in another, with the tokens of one line", async () => {
    const words = await wordsIn("en", "He was\nnot an\nill-disposed man.");
    assert.equal(words.map(({ word }) => word).join(""), " He was\nnot an\nill-disposed man.");
    assert.deepEqual(
      words,
      (await wordsIn("en", "He was not an ill-disposed man.")).map((word, i) => ({
        ...word,
        word: words[i].word,
      })),
    );
  });

  it("does so where words have no spaces between them", async () => {
    const words = await wordsIn("zh", "你好\n世界");
    assert.equal(words.map(({ word }) => word).join(""), "你好\n世界");
  });
});

describe("unitsOf()", () => {
  it("gives the parts of a word, in American spelling, whatever marks stand beside it", () => {
    const english = { language: "en", hasSpaces: true };
    assert.deepEqual(unitsOf(" Harbour.", english), ["harbor"]);
    assert.deepEqual(unitsOf(" “colour-blind”", english), ["color", "blind"]);
    assert.deepEqual(unitsOf(" Harbour.", { ...english, language: "de" }), ["harbour"]);
    assert.deepEqual(unitsOf("你好。", { language: "zh", hasSpaces: false }), ["你", "好"]);
  });
});

describe("startsSentence()", () => {
  it("is so behind a full stop, on a new line, and where the text begins and ends", () => {
    const words = [" One.", " Two", " three", " four"].map((word, i) => ({
      word,
      tokens: [],
      line: i < 3 ? 0 : 1,
    }));
    assert.deepEqual([0, 1, 2, 3, 4].map((i) => startsSentence(i, words)), [true, true, false, true, true]);
    assert.ok(endsSentence(" “done?!”") && endsSentence("了。") && !endsSentence(" 3.5"));
  });
});

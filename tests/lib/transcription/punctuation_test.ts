import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import {
  APPEND_PUNCTUATIONS,
  mergePunctuations,
  PREPEND_PUNCTUATIONS,
} from "../../../lib/transcription/punctuation.ts";

function merged(...words: string[]): string[] {
  const alignment = words.map((word, i) => ({ word, tokens: [i], start: i, end: i + 1, probability: 1 }));
  mergePunctuations(alignment, PREPEND_PUNCTUATIONS, APPEND_PUNCTUATIONS);
  assert.deepEqual(alignment.flatMap(({ tokens }) => tokens), words.map((_, i) => i), "no token is lost");
  return alignment.map(({ word }) => word);
}

describe("mergePunctuations()", () => {
  it("joins an opening mark to the next word", () => {
    assert.deepEqual(merged(" say", " (", "word"), [" say", "", " (word"]);
  });

  it("joins a closing mark to the word before", () => {
    assert.deepEqual(merged(" word", ".", " next"), [" word.", "", " next"]);
  });

  it("joins several marks in a row", () => {
    assert.deepEqual(merged(' "', " (", "a", ")", "."), ["", "", ' " (a).', "", ""]);
  });

  it("leaves an opening mark without a space before it, and marks of other sets", () => {
    assert.deepEqual(merged(" a", "(", " b", ";"), [" a", "(", " b", ";"]);
  });

  it("does not join to a word that ends with a space", () => {
    assert.deepEqual(merged("a ", ".", " b"), ["a ", ".", " b"]);
  });

  it("takes a substring of the marks for a mark", () => {
    assert.deepEqual(merged(" a", ".。"), [" a.。", ""]);
    assert.deepEqual(merged(" a", ".!"), [" a", ".!"]);
  });

  it("leaves one word and none alone", () => {
    assert.deepEqual(merged(" ("), [" ("]);
    assert.deepEqual(merged(), []);
  });
});

import assert from "node:assert/strict";
import { unspokenWords } from "../../../../lib/alignment/gaps/judge_gaps.ts";
import { describe, it } from "../../../harness.ts";

const wordsOf = (text: string) => text.split(" ").map((word) => ` ${word}`);

/** Which words between `|` and `|` of the text are not spoken, where others were heard instead of them. */
function unspoken(text: string, instead: string, probability = 0.01): number[] {
  const [before, within] = text.split("|").map((part) => part.trim()).map((part) =>
    part ? wordsOf(part) : []
  );
  const words = wordsOf(text.replaceAll("|", "").trim().replace(/ +/g, " "))
    .map((word) => ({ word, tokens: [], line: 0 }));
  const heard = (instead ? wordsOf(instead) : []).map((word) => ({ word, start: 0, end: 0, probability: 1 }));
  const [first, end] = [before.length, before.length + within.length];
  const gap = { first, end, heardFirst: 0, heardEnd: heard.length, start: 0, stop: 30 };
  const left: number[] = [];
  for (const kind of ["whole", "part"] as const) {
    const found = words.flatMap((_, i) =>
      left.includes(i) ? [] : [[i, { start: i, end: i + 1, probability }]] as const
    );
    left.push(...unspokenWords(kind, gap, { words, heard, pauses: [] }, new Map(found)));
  }
  return left;
}

describe("unspokenWords()", () => {
  it("takes a sentence for spoken that is probable there, or was heard much like it", () => {
    assert.deepEqual(unspoken("He came. | She went home. | They left.", "", 0.5), []);
    assert.deepEqual(unspoken("He came. | She went home. | They left.", ""), [2, 3, 4]);
    assert.deepEqual(unspoken("He came. | She went home. | They left.", "He went home."), []);
    assert.deepEqual(unspoken("He came. | She went home. | They left.", "All doors were shut."), [2, 3, 4]);
  });

  it("takes no few letters for spoken that stand somewhere in what was heard instead", () => {
    const instead = "He might even have been made amiable himself.";
    assert.deepEqual(unspoken("| a |", instead), [0]);
    assert.deepEqual(unspoken("| Cat |", "They decatenated it all.", 0.01), [0]);
    assert.deepEqual(unspoken("| self |", instead, 0.01), [0]);
    assert.deepEqual(unspoken("| aimable |", instead, 0.01), [], "misheard");
  });

  it("takes no whole sentence for spoken that is far too improbable", () => {
    assert.deepEqual(unspoken("He came. | Stop! | They left.", "Fish.", 1e-4), [2]);
    assert.deepEqual(unspoken("He came. | Stop! | They left.", "Shop.", 0.01), []);
    assert.deepEqual(unspoken("He | came | home.", "ran", 1e-6), [], "one word misheard");
  });

  it("takes no sentence for spoken that has no letters", () => {
    assert.deepEqual(unspoken("He came. | 🎉🎉! | They left.", "", 0.9), [2]);
    assert.deepEqual(unspoken("He came. | 🎉🎉! | They left.", "Oh.", 0.9), [2]);
    assert.deepEqual(unspoken("You | & | me.", "and", 0.01), [], "a sign within a sentence");
  });

  it("takes the beginning or end of a sentence for misheard where as much was heard instead", () => {
    assert.deepEqual(unspoken("| A video output | can be produced.", "We did not, but"), []);
    assert.deepEqual(unspoken("It can | produce the video. |", "purchase a radio."), []);
    assert.deepEqual(unspoken("| A video output | can be produced.", "but"), [0, 1, 2]);
    assert.deepEqual(unspoken("| A video output | can be produced.", ""), [0, 1, 2]);
    const much = "We did not think of it, but that is what he said, and so it";
    assert.deepEqual(unspoken("| A video output | can be produced.", much), [0, 1, 2]);
  });

  it("tells it from a whole sentence beside it that is not spoken", () => {
    assert.deepEqual(unspoken("He came. | She went home. Anarchy | may be better.", "Underty"), [2, 3, 4]);
  });

  it("leaves out what has no time", () => {
    const words = wordsOf("He came. Anarchy may").map((word) => ({ word, tokens: [], line: 0 }));
    const heard = [{ word: " Underty", start: 0, end: 0, probability: 1 }];
    const gap = { first: 2, end: 3, heardFirst: 0, heardEnd: 1, start: 0, stop: 30 };
    const found = new Map([[2, { start: 3, end: 3, probability: 1 }]]);
    assert.deepEqual(unspokenWords("part", gap, { words, heard, pauses: [] }, found), [2]);
    assert.deepEqual(unspokenWords("whole", gap, { words, heard, pauses: [] }, found), [], "it is none");
  });

  it("leaves out what is found only in the time of the words beside its gap", () => {
    const words = wordsOf("She went home. She went home.").map((word) => ({ word, tokens: [], line: 0 }));
    const gap = { first: 0, end: 3, heardFirst: 0, heardEnd: 0, start: 0, stop: 0.6 };
    const at = (start: number, each: number) =>
      new Map([0, 1, 2].map((i) => {
        return [i, { start: start + i * each, end: start + (i + 1) * each, probability: 1 }];
      }));
    const of = (start: number, each: number) =>
      unspokenWords("whole", gap, { words, heard: [], pauses: [] }, at(start, each));
    assert.deepEqual(of(0.4, 0.3), []);
    assert.deepEqual(of(1, 0.3), [0, 1, 2]);
    assert.deepEqual(of(0.2, 1), [0, 1, 2], "most of it");
  });

  it("leaves out what is found where nobody speaks", () => {
    const words = wordsOf("She went home.").map((word) => ({ word, tokens: [], line: 0 }));
    const gap = { first: 0, end: 3, heardFirst: 0, heardEnd: 0, start: 2, stop: 5 };
    const found = new Map([2, 3, 4].map((start, i) => [i, { start, end: start + 1, probability: 1 }]));
    const of = (...pauses: { start: number; end: number }[]) =>
      unspokenWords("whole", gap, { words, heard: [], pauses }, found);
    assert.deepEqual(of({ start: 0, end: 2.5 }, { start: 4, end: 9 }), []);
    assert.deepEqual(of({ start: 0, end: 3.8 }, { start: 4, end: 9 }), [0, 1, 2]);
  });

  it("takes what stands in brackets for spoken only where it is heard", () => {
    assert.deepEqual(unspoken("He came. | (Loud applause.) | They left.", "", 0.9), [2, 3]);
    assert.deepEqual(unspoken("| [Verse 1]. | They left.", "", 0.9), [0, 1]);
    assert.deepEqual(unspoken("He came. | (Oh yeah!) | They left.", "Oh yes."), []);
    assert.deepEqual(unspoken("He came | (at last) | today.", "", 0.9), [], "within a sentence");
    assert.deepEqual(unspoken("He came. | (He) went (home). | They left.", "", 0.9), []);
  });
});

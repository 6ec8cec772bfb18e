import assert from "node:assert/strict";
import { matchUnits, unitsOfWords } from "../../../lib/alignment/match_words.ts";
import { plainWords } from "../../../lib/eval/evaluate.ts";
import { describe, it } from "../../harness.ts";

const units = (text: string) => unitsOfWords(text.split(" "), plainWords);

/** The words of the text, each with the place of what was heard for it. */
function match(text: string, heard: string, unheard?: readonly number[]): number[] {
  return [...matchUnits(units(text), units(heard), unheard)];
}

describe("matchUnits()", () => {
  it("matches words without their punctuation and case, and the parts of a word", () => {
    assert.deepEqual(match("Cold-hearted, he said.", "cold hearted he SAID"), [0, 1, 2, 3]);
  });

  it("leaves a sentence of the text out that is not spoken, not parts of two", () => {
    assert.deepEqual(match("So he was. He was late. He went home.", "So he was. He went home."), [
      ...[0, 1, 2],
      ...[-1, -1, -1],
      ...[3, 4, 5],
    ]);
    assert.deepEqual(match("I am. I am here. I am.", "I am. I am."), [0, 1, -1, -1, -1, 2, 3]);
  });

  it("leaves one of two equal sentences out whole, also where a word of the other was misheard", () => {
    const line = "He was not an ill disposed young man.", heard = "He was not an old spots young man.";
    const first = [0, 1, 2, 3, -1, -1, 6, 7], none = Array(8).fill(-1);
    assert.deepEqual(match(`${line} ${line}`, heard), [...first, ...none]);
    const [before, after] = [`Yes. ${line} ${line} No.`, `Yes. ${heard} No.`];
    const later = first.map((place) => place < 0 ? -1 : place + 1);
    assert.deepEqual(match(before, after), [0, ...later, ...none, 9]);
  });

  it("does not let a sentence that was added stand for one that was left out near it", () => {
    const text = "A lemon. My brother never swam. Then all of them went home to eat. Close the door.";
    const heard = "A lemon. The train leaves at half past nine. My brother never swam. Close the door.";
    assert.deepEqual(match(text, heard), [0, 1, 9, 10, 11, 12, ...Array(8).fill(-1), 13, 14, 15]);
  });

  it("takes a line for a sentence also without a full stop", () => {
    const line = ["he", "was", "not", "late"];
    const text = unitsOfWords([...line, ...line], plainWords, [0, 0, 0, 0, 1, 1, 1, 1]);
    assert.deepEqual([...matchUnits(text, units("he was knot late"))], [0, 1, -1, 3, -1, -1, -1, -1]);
  });

  it("leaves the first sentence out where that is the one", () => {
    assert.deepEqual(match("He was. He was late.", "He was late."), [-1, -1, 0, 1, 2]);
    assert.deepEqual(match("He was late.", "He was. He was late."), [2, 3, 4]);
  });

  it("leaves a sentence out that is spoken and not in the text, not parts of two", () => {
    assert.deepEqual(match("So he was. He went home.", "So he was. He was late. He went home."), [
      0,
      1,
      2,
      6,
      7,
      8,
    ]);
  });

  it("takes a word alone among many that do not match for chance", () => {
    const text = "one two three a b c d e the f g h i j four five six";
    const heard = "one two three k l m n o the p q r s t four five six";
    assert.deepEqual(match(text, heard).map((place) => place >= 0), [
      ...[true, true, true],
      ...Array(11).fill(false),
      ...[true, true, true],
    ]);
    assert.equal(match("one two x the y three", "one two v the w three")[3], 3);
  });

  it("gives a word its place where it is all of the text", () => {
    const heard = "a b c d e f g selfish h i j k l m n";
    assert.deepEqual(match("selfish", heard), [7]);
    assert.deepEqual(match("rather selfish", heard.replace("g", "rather")), [6, 7]);
    assert.deepEqual(match("a selfish n", heard), [0, 7, 14]);
  });

  it("leaves out the round of a refrain that there was time for, unheard", () => {
    const round = "Row the boat. Down the stream. Life is a dream.", units = 10;
    const text = Array(5).fill(round).join(" "), heard = Array(3).fill(round).join(" ");
    const rounds = (...unheard: number[]) =>
      match(text, heard, unheard).flatMap((place, i) =>
        i % units === 0 ? [place < 0 ? -1 : place / units] : []
      );
    const after = (round: number, blanks: number) =>
      Array.from({ length: 31 }, (_, i) => i === 10 * round ? blanks : 0);
    assert.deepEqual(rounds(...after(0, 22)), [-1, -1, 0, 1, 2]);
    assert.deepEqual(rounds(...after(1, 22)), [0, -1, -1, 1, 2]);
    assert.deepEqual(rounds(...after(3, 22)), [0, 1, 2, -1, -1]);
    const twoHoles = after(1, 11).map((blanks, i) => blanks + after(2, 9)[i]);
    assert.deepEqual(rounds(...twoHoles), [0, -1, 1, -1, 2]);
  });

  it("takes no word for unheard that was heard", () => {
    assert.deepEqual(match("a b c d", "a b c d", [9, 9, 9, 9, 9]), [0, 1, 2, 3]);
    assert.deepEqual(match("a b c d", "b d", [0, 0, 5]), [-1, 0, -1, 1]);
  });
});

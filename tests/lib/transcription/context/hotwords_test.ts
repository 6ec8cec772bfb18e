import assert from "node:assert/strict";
import { Hotwords } from "../../../../lib/transcription/context/hotwords.ts";
import { describe, it } from "../../../harness.ts";

/** A token a letter. */
const tokenizer = { encode: (text: string) => [...text].map((letter) => letter.codePointAt(0)!) };
const textOf = (tokens: readonly number[]) => String.fromCodePoint(...tokens);

describe("Hotwords", () => {
  it("stand before what goes before a window, of which the last part stays", () => {
    const hotwords = new Hotwords(["Ada", " Bo "], tokenizer, 40);
    assert.equal(
      textOf(hotwords.before(tokenizer.encode("0123456789abcdef"))),
      " Ada, Bo6789abcdef".replace("6", "56"),
    );
    assert.equal(hotwords.before(tokenizer.encode("x".repeat(100))).length, 19);
  });

  it("take a quarter of the decoder's positions at most", () => {
    assert.equal(new Hotwords(["a".repeat(99)], tokenizer, 40).before([]).length, 10);
  });

  it("are none without words", () => {
    assert.ok(new Hotwords([], tokenizer, 40).isEmpty);
    assert.ok(new Hotwords([" "], tokenizer, 40).isEmpty);
  });

  it("know a text that is hardly more than they are", () => {
    const hotwords = new Hotwords(["New York", "Dashwood"], tokenizer, 448);
    for (const echo of [" Dashwood.", " New York, Dashwood", " Thank York"]) {
      assert.ok(hotwords.mayBeEcho(echo), echo);
    }
    for (const said of [" Mr. Dashwood went home", " thank you", ""]) {
      assert.ok(!hotwords.mayBeEcho(said), said);
    }
    assert.ok(hotwords.isIn(" a dashwood b") && !hotwords.isIn(" a wood b"));
  });
});

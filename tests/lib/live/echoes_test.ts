import assert from "node:assert/strict";
import { withoutEcho } from "../../../lib/live/echoes.ts";
import type { HeardWord } from "../../../lib/live/stable_words.ts";
import { describe, it } from "../../harness.ts";

/** Words of half a second each; those after a bar take a twentieth. */
function heard(text: string): HeardWord[] {
  const words: HeardWord[] = [];
  let end = 0, length = 0.5;
  for (const word of text.split(" ")) {
    if (word === "|") {
      length = 0.05;
      continue;
    }
    words.push({ word: ` ${word}`, tokens: [0], start: end, end: end + length, probability: 1 });
    end += length;
  }
  return words;
}

const kept = (text: string, before = "") => {
  const final = before === "" ? [] : heard(before);
  return withoutEcho(heard(text), final).map(({ word }) => word).join("").trim();
};

describe("withoutEcho()", () => {
  it("leaves out what is said again in no time", () => {
    assert.equal(kept("he was not old | He was not old."), "he was not old");
    assert.equal(kept("so he was not old | he was not"), "so he was not old");
    assert.equal(kept("he was not | he was not he was not he"), "he was not");
  });

  it("leaves out an echo of words that are final", () => {
    assert.equal(kept("| he was not old", "he was not old"), "");
    assert.equal(kept("old | he was not old", "he was not"), "old");
  });

  it("keeps what is really said again", () => {
    assert.equal(kept("he was not old he was not old"), "he was not old he was not old");
  });

  it("keeps one or two words that are said again, and what goes on otherwise", () => {
    assert.equal(kept("no no | no no"), "no no no no");
    assert.equal(kept("he was not old | he was not young"), "he was not old he was not young");
  });

  it("keeps nothing of nothing", () => assert.equal(withoutEcho([], heard("he was")).length, 0));
});

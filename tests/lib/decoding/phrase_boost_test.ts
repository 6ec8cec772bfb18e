import assert from "node:assert/strict";
import { decode } from "../../../lib/decoding/decoding_task.ts";
import { BoostTree } from "../../../lib/decoding/phrase_boost.ts";
import { decodingSettings } from "../../../lib/decoding/options.ts";
import { describe, it } from "../../harness.ts";
import { FakeModel, sparse } from "./fake_model.ts";

/** Every letter is a token. */
const letters = (text: string) => [...text.trim()].map((letter) => letter.codePointAt(0)!);

/** By how much the logits are raised after a text, by letter. */
function raised(tree: BoostTree, after: string): Record<string, number> {
  const found: Record<string, number> = {};
  tree.raise({
    raise(token, by) {
      const letter = String.fromCodePoint(token);
      assert.ok(!(letter in found), `${letter} is raised twice`);
      found[letter] = by;
    },
  }, letters(after));
  return found;
}

describe("BoostTree", () => {
  const tree = new BoostTree({ ada: 2, adam: 3, bo: 1, no: 0 }, letters);

  it("raises what begins a phrase", () => {
    assert.deepEqual(raised(tree, ""), { a: 3, b: 1 });
    assert.deepEqual(raised(tree, "xyz"), { a: 3, b: 1 });
  });

  it("raises by less than one too", () => {
    const slight = new BoostTree({ ada: 0.5 }, letters);
    assert.deepEqual(raised(slight, "a"), { a: 0.5, d: 0.5 });
  });

  it("raises what goes on with a phrase that is begun, and with one inside it", () => {
    assert.deepEqual(raised(tree, "xa"), { a: 3, b: 1, d: 3 });
    assert.deepEqual(raised(tree, "ad"), { a: 3, b: 1 });
    assert.deepEqual(raised(tree, "ada"), { a: 3, b: 1, m: 3, d: 3 });
    assert.deepEqual(raised(tree, "b"), { a: 3, b: 1, o: 1 });
  });
});

describe("decode() with boost", () => {
  const nVocab = 51864;
  const DASH = 16189, WOOD = 3822, EOT = 50256;

  it("prefers a phrase that is nearly as probable, and no other", async () => {
    const model = new FakeModel({
      nVocab,
      script: (tokens) => {
        const last = tokens[tokens.length - 1];
        return sparse(
          nVocab,
          last === DASH ? { 1000: 11, [WOOD]: 10 } : last > 50000 ? { 400: 11, [DASH]: 10 } : { [EOT]: 20 },
        );
      },
    });
    const options = { withoutTimestamps: true, language: "en" } as const;
    using features = await model.embedAudio(new Float32Array(80 * 3000));
    assert.deepEqual((await decode(model, features, options)).tokens, [400]);
    for (const beamSize of [undefined, 2]) {
      const boosted = await decode(model, features, { ...options, beamSize, boost: { Dashwood: 2 } });
      assert.deepEqual(boosted.tokens, [DASH, WOOD]);
    }
    assert.deepEqual((await decode(model, features, { ...options, boost: { Dashwood: 0.5 } })).tokens, [400]);
  });

  it("wants phrases with weights", () => {
    assert.deepEqual(decodingSettings({ boost: { a: 0, b: 20 } }).boost, { a: 0, b: 20 });
    for (const boost of [["a"], { a: -1 }, { a: "2" }, { " ": 1 }, { a: 21 }]) {
      assert.throws(() => decodingSettings({ boost: boost as never }), { code: "INVALID_OPTION" });
    }
    assert.throws(
      () => decodingSettings({ boost: { a: 2, b: -1 } }),
      /: boost is \{"a":2,"b":-1\}, wanted an object of phrases .*; the weight of "b" is -1$/,
    );
    assert.throws(() => decodingSettings({ boost: { "": 3 } }), /; a phrase of it is empty$/);
  });
});

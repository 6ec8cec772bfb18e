import assert from "node:assert/strict";
import { nearest, nearestName } from "../../../lib/options/nearest.ts";
import { describe, it } from "../../harness.ts";

describe("nearest()", () => {
  it("counts insertions, deletions and substitutions", () => {
    const candidates = ["beamSize", "bestOf", "patience", "prefix"];
    assert.equal(nearest("beamsize", candidates), "beamSize");
    assert.equal(nearest("bestof", candidates), "bestOf");
    assert.equal(nearest("patiences", candidates), "patience");
    assert.equal(nearest("prfix", candidates), "prefix");
  });

  it("gives the first of equally near candidates, and none of none", () => {
    assert.equal(nearest("ax", ["ab", "ac"]), "ab");
    assert.equal(nearest("", ["a", "b"]), "a");
    assert.equal(nearest("a", []), undefined);
  });

  it("compares the start of a word of a million letters", () => {
    assert.equal(nearest("b".repeat(1_000_000), ["a", "b"]), "b");
  });

  it("gives none that takes more than it may", () => {
    assert.equal(nearest("verfy", ["verify", "models"], 2), "verify");
    assert.equal(nearest("talk", ["verify", "models"], 2), undefined);
  });
});

describe("nearestName()", () => {
  it("gives what was meant, and none where half of the letters would be wrong", () => {
    assert.equal(nearestName("bemsize", ["beamSize", "bestOf"]), "beamSize");
    assert.equal(nearestName("no_such", ["model", "seed"]), undefined);
    assert.equal(nearestName("seat", ["seed"]), undefined);
    assert.equal(nearestName("sead", ["seed"]), "seed");
    assert.equal(nearestName("", ["seed"]), undefined);
    assert.equal(nearestName("keys", ["model", "apiKeys"]), "apiKeys");
    assert.equal(nearestName("ke", ["model", "apiKeys"]), undefined);
    assert.equal(nearestName("b".repeat(1_000_000), ["a", "b"]), undefined);
  });
});

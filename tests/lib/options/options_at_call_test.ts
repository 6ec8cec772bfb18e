import assert from "node:assert/strict";
import { optionsAtCall } from "../../../lib/options/options_at_call.ts";
import { loadModel } from "../../../mod.ts";
import { describe, fixture, it } from "../../harness.ts";

describe("optionsAtCall()", () => {
  it("keeps the options from what is written to them later", () => {
    const options = { threads: 1 };
    const given = optionsAtCall(options);
    options.threads = 2;
    assert.deepEqual(given, { threads: 1 });
  });

  it("leaves what is no object of options to the check", async () => {
    for (const wrong of [null, [], "base", 7]) {
      assert.equal(optionsAtCall(wrong as object), wrong);
      await assert.rejects(loadModel(fixture("tiny.en.pt"), wrong as object), /^TypeError.*wanted an object/);
    }
  });

  it("is what loadModel() goes by", async () => {
    const options: { threads: number } = { threads: 0 };
    const loading = loadModel(fixture("tiny.en.pt"), options);
    options.threads = 1;
    await assert.rejects(loading, /threads is 0/);
  });
});

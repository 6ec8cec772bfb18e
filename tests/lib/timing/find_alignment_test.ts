import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { findAlignment } from "../../../lib/timing/find_alignment.ts";
import { fakeModel, fakeText, fakeTokenizer } from "./fake_model.ts";
import { timingReference } from "./reference.ts";

describe("findAlignment()", () => {
  it("gives the words the times and probabilities that find_alignment gives", async () => {
    for (const { words: expected, ...attention } of timingReference().alignments) {
      const label = JSON.stringify(attention);
      const model = fakeModel(attention);
      const words = await findAlignment(
        model,
        model.features,
        fakeTokenizer(),
        fakeText(attention.text),
        attention.numFrames,
      );
      assert.deepEqual(words.map(({ start, end }) => [start, end]), expected.map(([s, e]) => [s, e]), label);
      for (const [i, { probability }] of words.entries()) {
        assert.ok(Math.abs(probability - expected[i][2]) < 1e-6, label);
      }
    }
  });

  it("asks for the text between the prompt and the end, once", async () => {
    const model = fakeModel({ heads: 1, text: 3, positions: 20, numFrames: 40, seed: 1 });
    const words = await findAlignment(model, model.features, fakeTokenizer(), [4, 5, 6], 40);
    assert.deepEqual(model.calls, [[51, 52, 53, 61, 4, 5, 6, 50]]);
    assert.deepEqual(words.map(({ word, tokens }) => [word, tokens]), [[" 0", [4, 5]], [" 2", [6]]]);
  });

  it("gives no words for no text, without asking the model", async () => {
    const model = fakeModel({ heads: 1, text: 0, positions: 20, numFrames: 40, seed: 1 });
    assert.deepEqual(await findAlignment(model, model.features, fakeTokenizer(), [], 40), []);
    assert.deepEqual(model.calls, []);
  });

  it("keeps the words in the audio when a window holds no whole position", async () => {
    for (const numFrames of [0, 1, 2]) {
      const model = fakeModel({ heads: 2, text: 4, positions: 20, numFrames, seed: 3 });
      const words = await findAlignment(model, model.features, fakeTokenizer(), fakeText(4), numFrames);
      assert.deepEqual(words.map(({ start, end }) => [start, end]), [[0, 0], [0, 0]]);
    }
  });

  it("stops when its signal is aborted", async () => {
    const model = fakeModel({ heads: 1, text: 2, positions: 20, numFrames: 40, seed: 1 });
    const options = { signal: AbortSignal.abort(new Error("enough")) };
    await assert.rejects(
      findAlignment(model, model.features, fakeTokenizer(), fakeText(2), 40, options),
      /enough/,
    );
  });
});

import assert from "node:assert/strict";
import { loadModel } from "../../../mod.ts";
import { describe, fixture, it } from "../../balance.ts";

describe("audioContext", () => {
  it("that fits gives the text and, nearly, the word times of the full one", async () => {
    using model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
    const options = { clipTimestamps: [0, 6.5], temperature: 0, wordTimestamps: true } as const;
    const [full, fit] = await Promise.all(
      (["full", "fit"] as const).map((audioContext) =>
        model.transcribe(fixture("sense.wav"), { ...options, audioContext })
      ),
    );
    const wordsOf = ({ segments }: typeof full) => segments.flatMap(({ words }) => words!);
    const expected = wordsOf(full), actual = wordsOf(fit);
    assert.ok(expected.length > 12);
    assert.deepEqual(actual.map(({ word }) => word.trim()), expected.map(({ word }) => word.trim()));
    const off = actual.map(({ start }, i) => Math.abs(start - expected[i].start));
    assert.ok(off.every((seconds) => seconds < 0.5), `off by ${off}`);
  });
});

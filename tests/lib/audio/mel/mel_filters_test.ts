import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { melFilters } from "../../../../lib/audio/mel/mel_filters.ts";
import { describe, fixture, it } from "../../../harness.ts";

describe("melFilters()", () => {
  const reference = JSON.parse(readFileSync(fixture("audio/mel_filters.json"), "utf8"));
  for (const nMels of [80, 128]) {
    it(`equals openai/whisper's ${nMels} filters to the last bit`, () => {
      const filters = melFilters(nMels, 201, 8000);
      assert.equal(filters.length, nMels);
      filters.forEach(({ start, weights }, band) => {
        assert.equal(start, reference[nMels][band].start);
        assert.deepEqual([...weights], reference[nMels][band].weights.map(Math.fround));
      });
    });
  }
});

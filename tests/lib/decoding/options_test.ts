import assert from "node:assert/strict";
import { chosenLanguage, type DecodingOptions, decodingSettings } from "../../../lib/decoding/options.ts";
import { describe, it } from "../../harness.ts";

describe("decodingSettings()", () => {
  it("fills in the defaults of openai/whisper", () => {
    assert.deepEqual(decodingSettings({}), {
      task: "transcribe",
      temperature: 0,
      suppressBlank: true,
      withoutTimestamps: false,
      maxInitialTimestamp: 1,
      strictParity: false,
    });
  });

  it("keeps what was given", () => {
    const options = {
      beamSize: 5,
      patience: 1.5,
      maxInitialTimestamp: null,
      suppressTokens: [],
      prompt: [1],
    };
    assert.deepEqual(decodingSettings(options), { ...decodingSettings({}), ...options });
    for (const suppressTokens of [null, [], [-1, 3]]) decodingSettings({ suppressTokens });
  });

  it("rejects options that do not go together", () => {
    assert.throws(() => decodingSettings({ beamSize: 5, bestOf: 5, temperature: 1 }), /beamSize and bestOf/);
    assert.throws(() => decodingSettings({ bestOf: 5 }), /bestOf was given at temperature 0/);
    assert.throws(() => decodingSettings({ patience: 1 }), /patience was given without beamSize/);
    decodingSettings({ bestOf: 5, temperature: 0.1 });
  });

  it("rejects wrong values", () => {
    const wrong: object[] = [
      { task: "lang_id" },
      { language: "xx" },
      { temperature: -0.1 },
      { sampleLen: 0 },
      { beamSize: 1.5 },
      { lengthPenalty: 1.1 },
      { lengthPenalty: -0.1 },
      { patience: 0, beamSize: 2 },
      { prompt: 3 },
      { prefix: [1.5] },
      { suppressTokens: "-1" },
      { suppressTokens: [1.5] },
      { maxInitialTimestamp: -1 },
      { seed: 0.5 },
      { withoutTimestamps: "yes" },
    ];
    for (const options of wrong) {
      const name = Object.keys(options)[0];
      assert.throws(
        () => decodingSettings(options as DecodingOptions),
        new RegExp(`Cannot decode: ${name} is `),
      );
    }
  });
});

describe("chosenLanguage()", () => {
  it("gives the code of a code or a name, and nothing where it is to be detected", () => {
    assert.equal(chosenLanguage("EN"), "en");
    assert.equal(chosenLanguage("Castilian"), "es");
    assert.equal(chosenLanguage("auto"), undefined);
    assert.equal(chosenLanguage(undefined), undefined);
  });

  it("says what a hypothesis takes when more are wanted than fit", () => {
    for (const options of [{ beamSize: 65 }, { bestOf: 1000, temperature: 1 }]) {
      assert.throws(() => decodingSettings(options), /wanted a whole number from 1 to 64.*147 MB/);
    }
    decodingSettings({ beamSize: 64 });
    for (const beamSize of [0, 1.5, NaN, "5", "65", null]) {
      const options = { beamSize } as DecodingOptions;
      assert.throws(() => decodingSettings(options), /wanted a whole number from 1 to 64$/);
    }
  });
});

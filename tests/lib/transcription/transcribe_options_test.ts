import assert from "node:assert/strict";
import type { TranscribeOptions } from "../../../lib/transcription/transcribe_options.ts";
import { transcribeSettings } from "../../../lib/transcription/transcribe_settings.ts";
import { describe, it } from "../../harness.ts";

describe("transcribeSettings()", () => {
  it("fills in the defaults of openai/whisper", () => {
    const { ladder, ...settings } = transcribeSettings({});
    assert.deepEqual(settings, {
      task: "transcribe",
      temperature: [0, 0.2, 0.4, 0.6, 0.8, 1],
      compressionRatioThreshold: 2.4,
      logprobThreshold: -1,
      noSpeechThreshold: 0.6,
      conditionOnPreviousText: true,
      carryInitialPrompt: false,
      wordTimestamps: false,
      prependPunctuations: "\"'“¿([{-",
      appendPunctuations: "\"'.。,，!！?？:：”)]}、",
      clipTimestamps: [0],
      audioContext: "full",
      channel: "mix",
      explain: false,
      strictParity: false,
    });
    assert.deepEqual(ladder.map(({ temperature }) => temperature), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it("keeps null, which turns a rule off, and not undefined", () => {
    const settings = transcribeSettings({ logprobThreshold: null, noSpeechThreshold: undefined });
    assert.equal(settings.logprobThreshold, null);
    assert.equal(settings.noSpeechThreshold, 0.6);
  });

  it("uses beams at temperature 0 and independent candidates above", () => {
    const { ladder } = transcribeSettings({ temperature: [0, 0.5], beamSize: 5, patience: 2, bestOf: 3 });
    assert.deepEqual(
      ladder.map(({ beamSize, patience, bestOf }) => ({ beamSize, patience, bestOf })),
      [{ beamSize: 5, patience: 2, bestOf: undefined }, {
        beamSize: undefined,
        patience: undefined,
        bestOf: 3,
      }],
    );
  });

  it("gives every attempt the options of decoding", () => {
    const { ladder } = transcribeSettings({
      temperature: 0.3,
      suppressBlank: false,
      prefix: "So",
      sampleLen: 7,
    });
    assert.equal(ladder.length, 1);
    const { temperature, suppressBlank, prefix, sampleLen } = ladder[0];
    assert.deepEqual({ temperature, suppressBlank, prefix, sampleLen }, {
      temperature: 0.3,
      suppressBlank: false,
      prefix: "So",
      sampleLen: 7,
    });
  });

  it("rejects wrong options", () => {
    const wrong: [object, RegExp][] = [
      [{ word_timestamps: true }, /TypeError.*did you mean "wordTimestamps"/],
      [{ prompt: "Ada" }, /TypeError.*initialPrompt/],
      [{ fp16: true }, /TypeError.*precision/],
      [{ verbose: true }, /TypeError.*onProgress/],
      [{ temperature: [] }, /TypeError/],
      [{ temperature: [0, -1] }, /TypeError/],
      [{ temperature: -1 }, /RangeError/],
      [{ clipTimestamps: "0,10" }, /TypeError.*list of seconds/],
      [{ clipTimestamps: [0, -1] }, /TypeError/],
      [{ suppressTokens: "-1" }, /TypeError.*list of tokens/],
      [{ language: "klingon" }, /TypeError.*"klingon"/],
      [{ patience: 2 }, /TypeError.*without beamSize/],
      [{ lengthPenalty: 1.5 }, /RangeError/],
      [{ signal: {} }, /TypeError/],
    ];
    for (const [options, message] of wrong) {
      assert.throws(
        () => transcribeSettings(options as TranscribeOptions),
        (error) => message.test(`${error}`),
      );
    }
  });

  it("names the nearest language, and all, for one that is not known", () => {
    assert.throws(
      () => transcribeSettings({ language: "Itallian" }),
      /language is "Itallian", wanted a language .*; the nearest is "italian", and the codes are en, zh, .*, yue$/,
    );
  });
});

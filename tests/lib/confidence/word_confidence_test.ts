import assert from "node:assert/strict";
import {
  type Calibration,
  calibrationFor,
  logOdds,
  withConfidences,
  wordConfidences,
} from "../../../lib/confidence/word_confidence.ts";
import { CALIBRATIONS, GENERAL } from "../../../lib/confidence/calibrations.ts";
import { describe, it } from "../../harness.ts";

/** A segment of words of some probabilities. */
function segmentOf(probabilities: readonly number[], avgLogprob = -0.3) {
  const words = probabilities.map((probability, i) => ({
    word: ` w${i}`,
    start: i,
    end: i + 1,
    probability,
  }));
  return { words, avgLogprob };
}

/** Counts nothing but what is said. */
const counting = (weights: Partial<Calibration>): Calibration => ({
  bias: 0,
  word: 0,
  beside: 0,
  avgLogprob: 0,
  ...weights,
});

describe("wordConfidences()", () => {
  it("is a word's own probability where nothing else counts", () => {
    assert.deepEqual(wordConfidences(segmentOf([0.9, 0.25, 0.5]), counting({ word: 1 })), [0.9, 0.25, 0.5]);
  });

  it("counts two words on either side, and for a word alone itself", () => {
    const beside = counting({ beside: 1 });
    // The odds of 0.9 are 9, and the mean of logarithms of 9, 1 and 9 is that of the cube root of 81.
    const found = wordConfidences(segmentOf([0.9, 0.5, 0.5, 0.9]), beside);
    assert.deepEqual(found, [0.5, 0.8123, 0.8123, 0.5]);
    assert.deepEqual(wordConfidences(segmentOf([0.7]), beside), [0.7]);
  });

  it("counts how sure the whole window is", () => {
    const [confidence] = wordConfidences(segmentOf([0.5], -2), counting({ avgLogprob: Math.log(3) / 2 }));
    assert.equal(confidence, 0.25);
  });

  it("is a number for certain and impossible words", () => {
    assert.ok(Number.isFinite(logOdds(1)) && Math.abs(logOdds(0) + logOdds(1)) < 1e-3);
    for (const calibration of [GENERAL, ...CALIBRATIONS.map(({ calibration }) => calibration)]) {
      for (const confidence of wordConfidences(segmentOf([0, 1, 0]), calibration)) {
        assert.ok(confidence >= 0 && confidence <= 1, `${confidence}`);
      }
    }
  });
});

describe("calibrations", () => {
  it("let nothing that speaks for a word lower its confidence", () => {
    for (const { word, beside, avgLogprob } of [GENERAL, ...CALIBRATIONS.map((kind) => kind.calibration)]) {
      assert.ok(word > 0 && beside > 0 && avgLogprob > 0);
    }
  });

  it("are chosen by the kind of model, and there is one for all others", () => {
    for (const { nAudioState, isMultilingual, calibration } of CALIBRATIONS) {
      assert.equal(calibrationFor({ nAudioState }, { isMultilingual }), calibration);
      assert.equal(calibrationFor({ nAudioState }, { isMultilingual: !isMultilingual }), GENERAL);
    }
    assert.equal(calibrationFor({ nAudioState: 1280 }, { isMultilingual: true }), GENERAL);
  });
});

describe("withConfidences()", () => {
  it("leaves all else as it is, and a segment without words", () => {
    const scores = { id: 0, seek: 0, start: 0, end: 2, text: "", tokens: [], temperature: 0 };
    const segment = { ...scores, compressionRatio: 1, noSpeechProb: 0, ...segmentOf([0.5, 0.5]) };
    const { words, ...rest } = withConfidences(segment, counting({ word: 1 }));
    const { words: _words, ...whole } = segment;
    assert.deepEqual(rest, whole);
    assert.deepEqual(words, segment.words.map((word) => ({ ...word, confidence: 0.5 })));
    assert.deepEqual(withConfidences(whole, GENERAL), whole);
  });
});

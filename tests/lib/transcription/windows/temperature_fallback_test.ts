import assert from "node:assert/strict";
import {
  type DecodingResult,
  type DecodingSettings,
  decodingSettings,
} from "../../../../lib/decoding/options.ts";
import {
  decodeWithFallback,
  type FallbackThresholds,
  isSilent,
} from "../../../../lib/transcription/windows/temperature_fallback.ts";
import { describe, it } from "../../../harness.ts";

const THRESHOLDS = { compressionRatioThreshold: 2.4, logprobThreshold: -1, noSpeechThreshold: 0.6 };
const GOOD = { avgLogprob: -0.5, compressionRatio: 1.5, noSpeechProb: 0.1 };

type Scores = typeof GOOD;

async function fallBack(
  scores: readonly Partial<Scores>[],
  thresholds: Partial<FallbackThresholds> = {},
  options: { strictParity?: boolean } = {},
) {
  const ladder = scores.map((_, i) => decodingSettings({ temperature: i / 5, ...options }));
  function decode(settings: DecodingSettings): Promise<DecodingResult> {
    const { temperature } = settings;
    const i = ladder.indexOf(settings);
    return Promise.resolve({ language: "en", tokens: [i], text: `${i}`, temperature, ...GOOD, ...scores[i] });
  }
  return await decodeWithFallback(decode, ladder, { ...THRESHOLDS, ...thresholds });
}

describe("decodeWithFallback()", () => {
  it("takes the first result that is sound, and tries no other", async () => {
    const { result, attempts, used } = await fallBack([{ avgLogprob: -1.1 }, {}, {}]);
    assert.deepEqual(result.tokens, [1]);
    assert.equal(used, 1);
    assert.deepEqual(attempts.map(({ temperature, retryReasons }) => [temperature, retryReasons]), [
      [0, ["avgLogprob"]],
      [0.2, []],
    ]);
  });

  it("accepts a result that lies on a threshold", async () => {
    const { attempts } = await fallBack([{ avgLogprob: -1, compressionRatio: 2.4 }, {}]);
    assert.equal(attempts.length, 1);
  });

  it("retries a text that repeats itself, and names all reasons", async () => {
    const { attempts } = await fallBack([
      { compressionRatio: 2.41, avgLogprob: -2 },
      { compressionRatio: 3 },
      {},
    ]);
    assert.deepEqual(attempts.map(({ retryReasons }) => retryReasons), [
      ["compressionRatio", "avgLogprob"],
      ["compressionRatio"],
      [],
    ]);
  });

  it("takes an unsure result for silence when there probably is no speech", async () => {
    const silence = { avgLogprob: -1.1, noSpeechProb: 0.61, compressionRatio: 9 };
    assert.equal((await fallBack([silence, {}])).attempts.length, 1);
    assert.equal((await fallBack([{ ...silence, noSpeechProb: 0.6 }, {}])).attempts.length, 2);
    assert.equal((await fallBack([{ ...silence, avgLogprob: -0.9 }, {}])).attempts.length, 2);
    assert.equal((await fallBack([silence, {}], { noSpeechThreshold: null })).attempts.length, 2);
  });

  it("drops a rule whose threshold is null", async () => {
    const bad = { avgLogprob: -9, compressionRatio: 9 };
    assert.equal((await fallBack([bad, {}], { logprobThreshold: null })).attempts.length, 2);
    assert.equal((await fallBack([bad, {}], { compressionRatioThreshold: null })).attempts.length, 2);
    const off = { logprobThreshold: null, compressionRatioThreshold: null };
    assert.equal((await fallBack([bad, {}], off)).attempts.length, 1);
  });

  it("takes the most probable result that does not repeat itself when none is sound", async () => {
    const bad = [{ avgLogprob: -1.5 }, { avgLogprob: -0.1, compressionRatio: 3 }, { avgLogprob: -1.2 }, {
      avgLogprob: -3,
    }];
    assert.equal((await fallBack(bad)).used, 2);
    assert.deepEqual((await fallBack(bad)).result.tokens, [2]);
    const repetitive = [{ avgLogprob: -0.2, compressionRatio: 3 }, { avgLogprob: -0.1, compressionRatio: 4 }];
    assert.equal((await fallBack(repetitive)).used, 1);
    assert.equal((await fallBack([{ avgLogprob: -2 }, ...repetitive])).used, 0, "the only one");
    assert.equal((await fallBack([{ avgLogprob: -2 }, { avgLogprob: -2 }])).used, 0, "the first of equals");
  });

  it("takes the last result, as openai/whisper does, with strictParity", async () => {
    const { result, used } = await fallBack([{ avgLogprob: -1.5 }, { avgLogprob: -3 }], {}, {
      strictParity: true,
    });
    assert.equal(used, 1);
    assert.deepEqual(result.tokens, [1]);
  });
});

describe("isSilent()", () => {
  const silent = (scores: Partial<Scores>, thresholds: Partial<FallbackThresholds> = {}) => {
    const result = { language: "en", tokens: [], text: "", temperature: 0, ...GOOD, ...scores };
    return isSilent(result, { ...THRESHOLDS, ...thresholds });
  };

  it("holds where there probably is no speech and the text is unsure", () => {
    assert.equal(silent({ noSpeechProb: 0.61, avgLogprob: -1 }), true);
    assert.equal(silent({ noSpeechProb: 0.61, avgLogprob: -0.9 }), false);
    assert.equal(silent({ noSpeechProb: 0.6, avgLogprob: -1.1 }), false);
  });

  it("needs no unsure text without that threshold, and never holds without the other", () => {
    assert.equal(silent({ noSpeechProb: 0.61 }, { logprobThreshold: null }), true);
    assert.equal(silent({ noSpeechProb: 1, avgLogprob: -9 }, { noSpeechThreshold: null }), false);
  });
});

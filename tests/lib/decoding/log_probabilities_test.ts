import assert from "node:assert/strict";
import { argmax, logSumExp, sampleToken, topLogits } from "../../../lib/decoding/log_probabilities.ts";
import { seededRandom } from "../../../lib/decoding/random.ts";
import { describe, it } from "../../harness.ts";

const LOGITS = Float32Array.of(1, -Infinity, 3, 0.5, 3, -40);

function exactLogSumExp(values: Iterable<number>): number {
  return Math.log([...values].reduce((sum, value) => sum + Math.exp(value), 0));
}

describe("argmax()", () => {
  it("gives the first of the largest values in a range", () => {
    assert.equal(argmax(LOGITS), 2);
    assert.equal(argmax(LOGITS, 3), 4);
    assert.equal(argmax(LOGITS, 0, 2), 0);
    assert.equal(argmax(LOGITS, 1, 2), 1);
  });
});

describe("logSumExp()", () => {
  it("is within 1e-5 of the exact value", () => {
    const random = seededRandom(1);
    const logits = Float32Array.from({ length: 5000 }, () => 30 * random() - 20);
    const largest = Math.max(...logits);
    assert(Math.abs(logSumExp(logits, 0, 5000, largest) - exactLogSumExp(logits)) < 1e-5);
    assert(Math.abs(logSumExp(LOGITS, 0, 6, 3) - exactLogSumExp(LOGITS)) < 1e-5);
    assert(Math.abs(logSumExp(LOGITS, 3, 4, 0.5) - 0.5) < 1e-5);
  });

  it("is -Infinity when everything is forbidden", () => {
    assert.equal(logSumExp(new Float32Array(3).fill(-Infinity), 0, 3, -Infinity), -Infinity);
  });
});

describe("topLogits()", () => {
  it("gives the largest first, of equals the first one", () => {
    assert.deepEqual(topLogits(LOGITS, 4), [2, 4, 0, 3]);
  });

  it("agrees with sorting", () => {
    const random = seededRandom(2);
    const logits = Float32Array.from({ length: 2000 }, () => Math.floor(random() * 500));
    const sorted = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
    assert.deepEqual(topLogits(logits, 7), sorted.slice(0, 7));
  });
});

describe("sampleToken()", () => {
  it("draws each token as often as the softmax at its temperature says", () => {
    const random = seededRandom(3);
    const logits = Float32Array.of(0, 1, -Infinity, 2);
    for (const temperature of [0.5, 1]) {
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < 20000; i++) counts[sampleToken(logits, temperature, random)]++;
      const weights = [...logits].map((logit) => Math.exp(logit / temperature));
      const total = weights.reduce((sum, weight) => sum + weight);
      weights.forEach((weight, i) =>
        assert(Math.abs(counts[i] / 20000 - weight / total) < 0.015, `${counts}`)
      );
      assert.equal(counts[2], 0);
    }
  });

  it("draws from the first to the last token as the random number grows", () => {
    assert.equal(sampleToken(Float32Array.of(-Infinity, 0, 0), 1, () => 0), 1);
    assert.equal(sampleToken(Float32Array.of(0, 0, -Infinity), 1, () => 1 - 2 ** -32), 1);
  });
});

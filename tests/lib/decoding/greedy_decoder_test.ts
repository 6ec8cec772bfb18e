import assert from "node:assert/strict";
import { GreedyDecoder } from "../../../lib/decoding/greedy_decoder.ts";
import { type TokenLogits, WholeLogits } from "../../../lib/decoding/token_logits.ts";
import { describe, it } from "../../harness.ts";

const EOT = 3;

/** A row with these probabilities. */
function row(...probabilities: number[]): TokenLogits {
  return new WholeLogits(Float32Array.from(probabilities, Math.log));
}

function closeTo(actual: number, expected: number): void {
  assert(Math.abs(actual - expected) < 1e-4, `${actual} is not ${expected}`);
}

/** Gives the numbers in turn. */
function scripted(...numbers: number[]): () => number {
  return () => numbers.shift()!;
}

describe("GreedyDecoder at temperature 0", () => {
  it("takes the most probable token until it is the end, whose probability counts too", () => {
    const decoder = new GreedyDecoder({ temperature: 0, eot: EOT, count: 1, random: scripted() });
    assert.deepEqual(decoder.hypotheses, [{ tokens: [], sumLogprob: 0 }]);
    assert.deepEqual(decoder.update([row(0.1, 0.6, 0.2, 0.1)]), [0]);
    assert.deepEqual(decoder.update([row(0.7, 0.1, 0.1, 0.1)]), [0]);
    assert.deepEqual(decoder.hypotheses[0].tokens, [1, 0]);
    assert.equal(decoder.completed, false);
    assert.deepEqual(decoder.update([row(0.1, 0.1, 0.3, 0.5)]), []);
    assert.equal(decoder.completed, true);
    const [candidate] = decoder.candidates();
    assert.deepEqual(candidate.tokens, [1, 0]);
    closeTo(candidate.sumLogprob, Math.log(0.6 * 0.7 * 0.5));
  });
});

describe("GreedyDecoder.topCount", () => {
  it("is one token at temperature 0, and any above it", () => {
    const at = (temperature: number) =>
      new GreedyDecoder({ temperature, eot: EOT, count: 1, random: scripted() });
    assert.equal(at(0).topCount, 1);
    assert.equal(at(0.2).topCount, undefined);
  });
});

describe("GreedyDecoder above temperature 0", () => {
  it("starts all candidates from the one row, and drops the row of one that ends", () => {
    const random = scripted(0.05, 0.95, 0.5, 0.95, 0.05, 0.95);
    const decoder = new GreedyDecoder({ temperature: 1, eot: EOT, count: 3, random });
    const even = row(0.25, 0.25, 0.25, 0.25);
    assert.equal(decoder.hypotheses.length, 1);
    assert.deepEqual(decoder.update([even]), [0, 0], "the second drew the end");
    assert.deepEqual(decoder.hypotheses.map(({ tokens }) => tokens), [[0], [2]]);
    assert.deepEqual(decoder.update([even, even]), [1], "the first drew the end");
    assert.deepEqual(decoder.hypotheses.map(({ tokens }) => tokens), [[2, 0]]);
    assert.deepEqual(decoder.update([even]), []);
    assert.equal(decoder.completed, true);
    const candidates = decoder.candidates();
    assert.deepEqual(candidates.map(({ tokens }) => tokens), [[0], [], [2, 0]]);
    candidates.forEach(({ sumLogprob }, i) => closeTo(sumLogprob, [2, 1, 3][i] * Math.log(0.25)));
  });

  it("sums log-probabilities at temperature 1, whatever it draws at", () => {
    // At 0.5 the probabilities are squared: 0.25, 0.09, 0.01 and 0.01 of 0.36.
    const decoder = new GreedyDecoder({ temperature: 0.5, eot: EOT, count: 1, random: scripted(0.9) });
    decoder.update([row(0.5, 0.3, 0.1, 0.1)]);
    const [{ tokens, sumLogprob }] = decoder.candidates();
    assert.deepEqual(tokens, [1]);
    closeTo(sumLogprob, Math.log(0.3));
  });
});

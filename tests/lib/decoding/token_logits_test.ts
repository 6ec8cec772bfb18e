import assert from "node:assert/strict";
import { applyRules } from "../../../lib/decoding/logit_filters.ts";
import { PickedLogits, WholeLogits } from "../../../lib/decoding/token_logits.ts";
import { describe, it } from "../../harness.ts";
import { pickTokens } from "./pick_tokens.ts";
import { assertAlike, EOT, N_VOCAB, randomCases } from "./random_rules.ts";

function picked(row: Float32Array, suppressed: number[] = [], count = 3): PickedLogits {
  return new PickedLogits(pickTokens(row, { suppressed, count }, EOT), EOT);
}

/** A row of 0 but for those listed. */
function row(logits: Readonly<Record<number, number>> = {}): Float32Array {
  return Float32Array.from({ length: N_VOCAB }, (_, token) => logits[token] ?? 0);
}

describe("PickedLogits", () => {
  it("leaves the choice that all logits leave, whatever the rules forbid", () => {
    for (const [i, { row, sampled, rules, count }] of randomCases(3000, 1).entries()) {
      const suppressed = sampled.length === 0 ? rules.suppressedFirst : rules.suppressed;
      const few = picked(row, suppressed.filter((token) => token < EOT), count);
      const whole = new WholeLogits(row);
      assert.equal(few.logSumExp(EOT, N_VOCAB), whole.logSumExp(EOT, N_VOCAB));
      applyRules(few, sampled, rules);
      applyRules(whole, sampled, rules);
      assertAlike(few, whole, count, `case ${i}`);
    }
  });

  it("tells the logits of what is no text, and the sum of all", () => {
    const logits = picked(row({ [EOT]: 2, 60: -1 }));
    assert.deepEqual([logits.nVocab, logits.logit(EOT), logits.logit(60)], [N_VOCAB, 2, -1]);
    const sum = N_VOCAB - 2 + Math.exp(2) + Math.exp(-1);
    assert(Math.abs(logits.logSumExp() - Math.log(sum)) < 1e-5);
  });

  it("gives tokens that are forbidden only if there are no others, the lowest first", () => {
    const logits = picked(row({ 50: 3, 51: 4 }));
    logits.forbid(0, 50);
    logits.forbid(52, N_VOCAB);
    assert.deepEqual(logits.top(4).map(({ token }) => token), [51, 50, 0, 1]);
    assert.equal(logits.top(4)[2].logprob, -Infinity);
  });

  it("names tokens of the vocabulary even where weights are broken", () => {
    const logits = picked(row().fill(NaN));
    for (const { token } of logits.top(3)) assert(Number.isInteger(token) && token >= 0 && token < N_VOCAB);
  });

  it("refuses what only all logits can tell", () => {
    const logits = picked(row());
    assert.throws(() => logits.forbid(3), RangeError);
    assert.throws(() => logits.largest(3, N_VOCAB), RangeError);
    assert.throws(() => logits.logSumExp(0, EOT - 1), RangeError);
    assert.throws(() => logits.sample(), TypeError);
  });
});

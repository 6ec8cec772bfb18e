import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { TimeSlice } from "../../../lib/async/time_slice.ts";
import { attentionCost } from "../../../lib/timing/attention_cost.ts";

/** The definition, on nested arrays and in float64. */
function slowCost(scores: number[][][], frames: number): number[][] {
  const heads = scores.map((head) => {
    const weights = head.map((row) => {
      const powers = row.slice(0, frames).map((score) => Math.exp(score - Math.max(...row)));
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((power) => power / sum);
    });
    const standard = weights.map((row) => [...row]);
    for (let frame = 0; frame < frames; frame++) {
      const column = weights.map((row) => row[frame]);
      const mean = column.reduce((a, b) => a + b) / column.length;
      const deviation = Math.sqrt(column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length);
      for (const [token, weight] of column.entries()) standard[token][frame] = (weight - mean) / deviation;
    }
    return standard.map((row) =>
      row.map((_, i) => {
        const around = [-3, -2, -1, 0, 1, 2, 3].map((k) => Math.abs(i + k));
        return around.map((k) => row[k < frames ? k : 2 * frames - 2 - k]).sort((a, b) => a - b)[3];
      })
    );
  });
  return heads[0].map((row, token) =>
    row.map((_, frame) => -heads.reduce((sum, head) => sum + head[token][frame], 0) / heads.length)
  );
}

function madeUpScores(heads: number, tokens: number, positions: number): number[][][] {
  let state = 7;
  const next = () => Math.fround((state = Math.imul(state, 48271) >>> 0) / 2 ** 29);
  return Array.from(
    { length: heads },
    () => Array.from({ length: tokens }, () => Array.from({ length: positions }, next)),
  );
}

describe("attentionCost()", () => {
  it("is the negated mean of the filtered z-scores of the softmax", async () => {
    const [heads, tokens, positions, frames] = [3, 9, 40, 31];
    const scores = madeUpScores(heads, tokens, positions);
    const shape = { heads, tokens, positions, frames, rows: [2, 8] as const };
    const cost = await attentionCost(Float32Array.from(scores.flat(2)), shape, new TimeSlice());
    const expected = slowCost(scores, frames).slice(2, 8).flat();
    assert.equal(cost.length, expected.length);
    for (const [i, value] of cost.entries()) assert.ok(Math.abs(value - expected[i]) < 1e-6, `cell ${i}`);
  });

  it("says nothing where all tokens attend alike", async () => {
    const shape = { heads: 2, tokens: 5, positions: 20, frames: 12, rows: [1, 4] as const };
    const cost = await attentionCost(new Float32Array(2 * 5 * 20).fill(3), shape, new TimeSlice());
    assert.ok(cost.every((value) => value === 0));
  });

  it("does not overflow where one of 448 tokens has all the attention", async () => {
    const [tokens, frames] = [448, 16];
    const scores = new Float32Array(tokens * frames);
    // Every token attends to frame 0 but the last, which attends to the others.
    for (let token = 0; token < tokens; token++) scores[token * frames] = token === tokens - 1 ? -80 : 80;
    const shape = { heads: 1, tokens, positions: frames, frames, rows: [0, tokens] as const };
    const cost = await attentionCost(scores, shape, new TimeSlice());
    assert.ok(Math.abs(cost[tokens * frames - 1] + Math.sqrt(447)) < 1e-4);
  });
});

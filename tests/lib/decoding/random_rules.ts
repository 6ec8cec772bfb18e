/** Rows of logits at random, with what was sampled before and with rules, over a small vocabulary. */
import type { LogitRules } from "../../../lib/decoding/logit_filters.ts";
import { seededRandom } from "../../../lib/decoding/random.ts";
import type { TokenLogits } from "../../../lib/decoding/token_logits.ts";
import assert from "node:assert/strict";

/** Text 0–39, special tokens 40–49, timestamps 50–79, text that was added 80–83. */
export const EOT = 40;
export const N_VOCAB = 84;
const [NO_TIMESTAMPS, BEGIN, END] = [49, 50, 80];

/** A row of logits and the state it meets. */
export interface RandomCase {
  readonly row: Float32Array;
  readonly sampled: readonly number[];
  readonly rules: LogitRules;
  /** How many tokens are looked at. */
  readonly count: number;
}

/** Gives `count` cases: sharp and flat rows, rows with many equals, rows with little or nothing allowed. */
export function randomCases(count: number, seed: number): RandomCase[] {
  const random = seededRandom(seed);
  const upTo = (end: number) => Math.floor(random() * end);
  const some = (most: number, token: () => number) => Array.from({ length: upTo(most + 1) }, token);
  const rules = (): LogitRules => {
    const suppressed = some(random() < 0.1 ? 150 : 12, () => upTo(N_VOCAB));
    const maxInitialTimestampIndex = random() < 0.5 ? upTo(20) : undefined;
    const timestamps = {
      eot: EOT,
      noTimestamps: NO_TIMESTAMPS,
      timestampBegin: BEGIN,
      timestampEnd: END,
      maxInitialTimestampIndex,
    };
    return {
      suppressed,
      suppressedFirst: [...suppressed, upTo(EOT), EOT],
      timestamps: random() < 0.7 ? timestamps : undefined,
    };
  };
  return Array.from({ length: count }, () => {
    const scale = [0.5, 5, 30][upTo(3)], step = random() < 0.3 ? scale / 4 : 0;
    const favour = 3 * random() * upTo(3);
    const row = Float32Array.from({ length: N_VOCAB }, (_, token) => {
      const logit = scale * (random() - 0.5) + (token >= BEGIN ? 0 : favour);
      return step === 0 ? logit : Math.round(logit / step) * step;
    });
    const sampled = some(6, () => random() < 0.5 ? upTo(EOT) : BEGIN + upTo(N_VOCAB - BEGIN));
    return { row, sampled, rules: rules(), count: 1 + upTo(7) };
  });
}

/** Checks that two rows have the same most probable tokens with the same log-probabilities. */
export function assertAlike(actual: TokenLogits, expected: TokenLogits, count: number, what: string): void {
  const top = actual.top(count), wanted = expected.top(count);
  assert.deepEqual(top.map(({ token }) => token), wanted.map(({ token }) => token), what);
  for (const [i, { logprob }] of top.entries()) {
    const other = wanted[i].logprob;
    // float32 rounds the logits, the table of exponentials is exact to 8e-6.
    assert(Object.is(logprob, other) || Math.abs(logprob - other) < 2e-5, `${what}: ${logprob}, ${other}`);
  }
}

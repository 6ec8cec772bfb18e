import assert from "node:assert/strict";
import { applyRules, applyTimestampRules, type TimestampRules } from "../../../lib/decoding/logit_filters.ts";
import { WholeLogits } from "../../../lib/decoding/token_logits.ts";
import { describe, it } from "../../harness.ts";

// Text 0–9, end of text 10, another special token 11, "no timestamps" 12, timestamps 13–22.
const EOT = 10;
const BEGIN = 13;
const SIZE = 23;
const RULES = { eot: EOT, noTimestamps: 12, timestampBegin: BEGIN, timestampEnd: SIZE };

/** Text is likelier than timestamps, so that only the rule in question forbids it. */
function logits(changes: Record<number, number> = {}): Float32Array {
  const row = Float32Array.from({ length: SIZE }, (_, token) => token < BEGIN ? 5 : 0);
  for (const [token, logit] of Object.entries(changes)) row[Number(token)] = logit;
  return row;
}

/** The tokens that are still allowed after `sampled`. */
function allowed(
  sampled: number[],
  row = logits(),
  rules: Partial<TimestampRules> = {},
): number[] {
  applyTimestampRules(new WholeLogits(row), sampled, { ...RULES, ...rules });
  return [...row.keys()].filter((token) => row[token] > -Infinity);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

describe("applyRules()", () => {
  it("forbids some tokens first and some later, and no others", () => {
    const rules = { suppressedFirst: [3, EOT, 22], suppressed: [0, 22] };
    const first = logits(), later = logits();
    applyRules(new WholeLogits(first), [], rules);
    applyRules(new WholeLogits(later), [1], rules);
    assert.deepEqual(first, logits({ 3: -Infinity, [EOT]: -Infinity, 22: -Infinity }));
    assert.deepEqual(later, logits({ 0: -Infinity, 22: -Infinity }));
  });

  it("goes on to the order of timestamps", () => {
    const row = logits();
    applyRules(new WholeLogits(row), [], { suppressedFirst: [BEGIN], suppressed: [], timestamps: RULES });
    assert.deepEqual([...row.keys()].filter((token) => row[token] > -Infinity), range(BEGIN + 1, SIZE));
  });
});

describe("applyTimestampRules()", () => {
  it("starts with a timestamp", () => {
    assert.deepEqual(allowed([]), range(BEGIN, SIZE));
  });

  it("starts with one up to the latest initial timestamp", () => {
    assert.deepEqual(allowed([], logits(), { maxInitialTimestampIndex: 3 }), range(BEGIN, BEGIN + 4));
    assert.deepEqual(allowed([], logits(), { maxInitialTimestampIndex: 0 }), [BEGIN]);
    assert.deepEqual(allowed([], logits(), { maxInitialTimestampIndex: 99 }), range(BEGIN, SIZE));
  });

  it("forbids the token that turns timestamps off", () => {
    assert(!allowed([BEGIN, 1]).includes(12));
    assert(allowed([BEGIN, 1]).includes(11));
  });

  it("wants text after the first timestamp", () => {
    assert.deepEqual(allowed([BEGIN]), range(0, 12));
  });

  it("wants text after a pair of timestamps", () => {
    assert.deepEqual(allowed([BEGIN, 1, BEGIN + 2, BEGIN + 2]), range(0, 12));
  });

  it("wants no text after the timestamp that ends a segment, but maybe the end, or the same timestamp again", () => {
    assert.deepEqual(allowed([BEGIN, 1, BEGIN + 4]), [EOT, 11, ...range(BEGIN + 4, SIZE)]);
  });

  it("knows an end by the text before it, though that is all there is", () => {
    assert.deepEqual(allowed([1, BEGIN + 4]), [EOT, 11, ...range(BEGIN + 4, SIZE)]);
  });

  it("ends a segment later than it started", () => {
    assert.deepEqual(allowed([BEGIN + 4, 1, 2]), [...range(0, 12), ...range(BEGIN + 5, SIZE)]);
    assert.deepEqual(allowed([BEGIN, 1, BEGIN + 2, BEGIN + 3, 4]), [
      ...range(0, 12),
      ...range(BEGIN + 4, SIZE),
    ]);
  });

  it("allows no timestamp after the last of all", () => {
    assert.deepEqual(allowed([BEGIN + 9, 1]), range(0, 12));
  });

  it("forces a timestamp when those allowed are together likelier than any other token", () => {
    // Nine timestamps at 0 are allowed: together they have log(9) = 2.1972.
    const likelier = logits().fill(2.197, 0, BEGIN);
    assert.deepEqual(allowed([BEGIN, 1], likelier), range(BEGIN + 1, SIZE));
    const lesser = logits().fill(1, 0, BEGIN);
    lesser[3] = 2.198;
    assert.deepEqual(allowed([BEGIN, 1], lesser), [...range(0, 12), ...range(BEGIN + 1, SIZE)]);
  });

  it("lets the very first token of the vocabulary be likelier", () => {
    const row = logits().fill(1, 0, BEGIN);
    row[0] = 2.198;
    assert.deepEqual(allowed([BEGIN, 1], row), [...range(0, 12), ...range(BEGIN + 1, SIZE)]);
  });

  it("forces none where they are together as likely as another token", () => {
    const row = logits().fill(-Infinity).fill(0, 3, 4).fill(0, SIZE - 1);
    assert.deepEqual(allowed([BEGIN, 1], row), [3, SIZE - 1]);
  });

  it("forces a timestamp when one is likelier than any other token", () => {
    assert.deepEqual(allowed([BEGIN, 1], logits({ [BEGIN + 6]: 5.1 })), range(BEGIN + 1, SIZE));
  });

  it("does not count the token that turns timestamps off", () => {
    assert.deepEqual(allowed([BEGIN, 1], logits({ 12: 9 }).fill(2, 0, 12)), range(BEGIN + 1, SIZE));
  });

  it("knows text by its token, also after a prefix without a timestamp", () => {
    assert.deepEqual(allowed([1, 2]), [...range(0, 12), ...range(BEGIN, SIZE)]);
  });

  it("takes tokens that were added after the timestamps for text", () => {
    const added = SIZE - 2;
    const rules = { timestampEnd: added };
    assert.deepEqual(allowed([], logits(), rules), range(BEGIN, added), "starts with a timestamp");
    assert.deepEqual(allowed([BEGIN, 1], logits(), rules), [...range(0, 12), ...range(BEGIN + 1, SIZE)]);
    assert.deepEqual(allowed([BEGIN, added, BEGIN + 1], logits(), rules), [
      EOT,
      11,
      ...range(BEGIN + 1, added),
    ]);
    const likely = logits({ [added]: 9, [BEGIN + 2]: 8 });
    assert(allowed([BEGIN, 1], likely, rules).includes(added), "is likelier than all timestamps");
  });
});

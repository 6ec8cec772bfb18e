import assert from "node:assert/strict";
import { stepTimes } from "../../../scripts/bench/steps.ts";
import { describe, it } from "../../harness.ts";

const encoder = {}, decoder = {};

describe("stepTimes()", () => {
  it("counts what goes by between the decoder's runs as JavaScript's", () => {
    const runs = [
      { session: encoder, start: 0, end: 100 },
      { session: decoder, start: 110, end: 130 },
      { session: decoder, start: 131, end: 141 },
      { session: decoder, start: 143, end: 153 },
    ];
    assert.deepEqual(stepTimes(runs), { steps: 2, total: 23, javascript: 3 });
  });

  it("leaves out what another session ran meanwhile", () => {
    const runs = [
      { session: decoder, start: 0, end: 10 },
      { session: decoder, start: 10, end: 20 },
      { session: encoder, start: 20, end: 70 },
      { session: decoder, start: 70, end: 80 },
    ];
    assert.deepEqual(stepTimes(runs), { steps: 2, total: 70, javascript: 0 });
  });

  it("refuses a transcription without steps", () => {
    assert.throws(() => stepTimes([{ session: decoder, start: 0, end: 1 }]), RangeError);
    assert.throws(() => stepTimes([]), RangeError);
  });
});

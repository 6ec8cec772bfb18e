import assert from "node:assert/strict";
import { planParts } from "../../../../lib/queue/parts/plan_parts.ts";
import { describe, it } from "../../../harness.ts";
import { seededUniform } from "../../../seeded_random.ts";

const cutsOf = (...args: Parameters<typeof planParts>) =>
  planParts(...args).slice(1).map(({ start }) => start);

describe("planParts()", () => {
  it("leaves a recording whole that is about as long as a part", () => {
    assert.deepEqual(planParts([{ start: 1, end: 2 }], 80, 60), [{ index: 0, count: 1, start: 0, end: 80 }]);
    assert.deepEqual(planParts([], 0.5, 60), [{ index: 0, count: 1, start: 0, end: 0.5 }]);
  });

  it("cuts in the middle of the longest pause near, and makes the parts equally long", () => {
    const speech = [{ start: 0, end: 50 }, { start: 50.2, end: 58 }, { start: 60, end: 100 }, {
      start: 100.1,
      end: 120,
    }];
    assert.deepEqual(planParts(speech, 120, 60), [
      { index: 0, count: 2, start: 0, end: 59 },
      { index: 1, count: 2, start: 59, end: 120 },
    ]);
    // Of pauses that are equally long, the nearer one.
    assert.deepEqual(
      cutsOf([{ start: 0, end: 40 }, { start: 41, end: 64 }, { start: 65, end: 120 }], 120, 60),
      [64.5],
    );
    // Beyond three seconds a pause is no better.
    assert.deepEqual(
      cutsOf([{ start: 0, end: 35 }, { start: 45, end: 59 }, { start: 62, end: 120 }], 120, 60),
      [60.5],
    );
  });

  it("rather makes a part longer than cuts in speech, and cuts there where nobody pauses", () => {
    assert.deepEqual(cutsOf([{ start: 0, end: 100 }, { start: 101, end: 180 }], 180, 60), [100.5]);
    assert.deepEqual(cutsOf([{ start: 0, end: 180 }], 180, 60), [60, 120]);
    assert.deepEqual(cutsOf([], 180, 60), [60, 120]);
  });

  it("covers all of any recording, in order, on whole frames, and in pauses", () => {
    const random = seededUniform(7);
    for (let round = 0; round < 50; round++) {
      const speech: { start: number; end: number }[] = [];
      let at = 0;
      for (let i = 0; i < 200; i++) {
        const start = at + 0.1 + 2 * random(), end = start + 0.3 + 10 * random();
        speech.push({ start, end });
        at = end;
      }
      const duration = at + random(), wanted = 30 + 200 * random();
      const parts = planParts(speech, duration, wanted);
      assert.equal(parts[0].start, 0);
      assert.equal(parts.at(-1)!.end, duration);
      parts.forEach(({ index, count, start, end }, i) => {
        assert.deepEqual([index, count], [i, parts.length]);
        assert(i === 0 || start === parts[i - 1].end);
        assert(end - start > wanted / 4 && end - start < 2.5 * wanted, `${end - start} of ${wanted}`);
        assert(Math.abs(start * 100 - Math.round(start * 100)) < 1e-6);
        assert(
          !speech.some((span) => span.start < start - 0.006 && span.end > start + 0.006),
          `${start} is in speech`,
        );
      });
    }
  });
});

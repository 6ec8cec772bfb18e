import assert from "node:assert/strict";
import { formatClock } from "../../../lib/writers/timestamp.ts";
import { describe, it } from "../../harness.ts";

describe("formatClock()", () => {
  it("spells minutes and two digits of seconds, hours only where there are some", () => {
    const clocks = [[0, "0:00"], [7.9, "0:07"], [59.999, "0:59"], [60, "1:00"], [754, "12:34"]] as const;
    for (const [seconds, clock] of clocks) assert.equal(formatClock(seconds), clock);
    assert.equal(formatClock(3599), "59:59");
    assert.equal(formatClock(3600), "1:00:00");
    assert.equal(formatClock(3723), "1:02:03");
    assert.equal(formatClock(36_000 + 59 * 60 + 59), "10:59:59");
  });

  it("begins with zero, whatever comes before", () => {
    assert.equal(formatClock(-3), "0:00");
  });
});

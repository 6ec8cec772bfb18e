/** How far a recording in parts is. */
import assert from "node:assert/strict";
import type { RecordingPlan } from "../../../../lib/queue/job.ts";
import { PartsProgress } from "../../../../lib/queue/jobs/parts_progress.ts";
import { describe, it } from "../../../harness.ts";

const PLAN: RecordingPlan = {
  key: "k",
  windows: [
    { index: 0, count: 2, start: 0, end: 10 },
    { index: 1, count: 2, start: 10, end: 15 },
  ],
  duration: 15,
  channel: "mix",
};

describe("PartsProgress", () => {
  it("adds up what parts tell, in any order", () => {
    const progress = new PartsProgress(PLAN);
    assert.equal(progress.take(1, 3).loaded, 3);
    assert.equal(progress.take(0, 8).loaded, 11);
    assert.equal(progress.take(1).loaded, 13);
    assert.deepEqual(progress.take(0), { loaded: 15, total: 15, segments: [], attempt: 1 });
  });

  it("never goes back", () => {
    const progress = new PartsProgress(PLAN);
    progress.take(0);
    assert.equal(progress.take(0, 4).loaded, 10);
  });

  it("takes no more of a part than there is", () => {
    assert.equal(new PartsProgress(PLAN).take(1, 30).loaded, 5);
  });
});

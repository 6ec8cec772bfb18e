import assert from "node:assert/strict";
import { TimeSlice } from "../../../lib/async/time_slice.ts";
import { describe, it } from "../../harness.ts";

describe("TimeSlice", () => {
  it("gives way to the event loop when it is used up, and not before", async () => {
    let turns = 0;
    setImmediate(() => turns++);
    const slice = new TimeSlice();
    await slice.pause();
    assert.equal(turns, 0);
    const end = performance.now() + 30;
    while (performance.now() < end);
    await slice.pause();
    await slice.pause();
    assert.equal(turns, 1);
  });

  it("throws the reason of an aborted signal", async () => {
    const reason = new Error("no longer wanted");
    await assert.rejects(new TimeSlice(AbortSignal.abort(reason)).pause(), reason);
  });
});

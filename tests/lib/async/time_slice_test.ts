import assert from "node:assert/strict";
import { TimeSlice } from "../../../lib/async/time_slice.ts";
import { describe, it } from "../../harness.ts";

/** A clock that stands still but for `spend`: a busy machine would use up the slices. It never goes back. */
class StoppedClock {
  static #now = 0;
  readonly #running = performance.now;

  constructor() {
    StoppedClock.#now = Math.max(StoppedClock.#now, performance.now());
    performance.now = () => StoppedClock.#now;
  }

  spend(milliseconds: number): void {
    StoppedClock.#now += milliseconds;
  }

  /** Lets it go on. */
  [Symbol.dispose](): void {
    performance.now = this.#running;
  }
}

describe("TimeSlice", () => {
  it("gives way to the event loop when it is used up, and not before", async () => {
    using clock = new StoppedClock();
    const slice = new TimeSlice();
    clock.spend(6);
    await slice.pause();
    let turns = 0;
    setImmediate(() => turns++);
    await slice.pause();
    assert.equal(turns, 0);
    clock.spend(6);
    await slice.pause();
    await slice.pause();
    assert.equal(turns, 1);
  });

  it("is one for all computations that go on in a turn of the event loop", async () => {
    using clock = new StoppedClock();
    clock.spend(6);
    const done: number[] = [];
    const work = Array.from({ length: 10 }, async (_, i) => {
      const slice = new TimeSlice();
      for (let step = 0; step < 3; step++) {
        await slice.pause();
        clock.spend(6);
        done.push(i);
      }
    });
    const most: number[] = [];
    for (let before = 0; done.length < 30; before = done.length) {
      await new Promise((resolve) => setImmediate(resolve));
      most.push(done.length - before);
    }
    await Promise.all(work);
    assert.equal(Math.max(...most), 1);
    const turns = [...Array(10).keys()];
    assert.deepEqual(done, [...turns, ...turns, ...turns], "they take turns");
  });

  it("throws the reason of an aborted signal", async () => {
    const reason = new Error("no longer wanted");
    await assert.rejects(new TimeSlice(AbortSignal.abort(reason)).pause(), reason);
  });
});

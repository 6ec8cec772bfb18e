import assert from "node:assert/strict";
import { type CallListener, CallPool } from "../../ffi/call_pool.ts";
import { describe, it } from "../harness.ts";

/** A pool of threads that answer when they are told to; a call is its own name. */
function fakePool(limit: number) {
  const threads: { listener: CallListener; calls: [id: number, call: string][]; held: boolean }[] = [];
  const pool = new CallPool<string>((listener) => {
    const thread = { listener, calls: [] as [number, string][], held: false };
    threads.push(thread);
    return { post: (id, call) => thread.calls.push([id, call]), hold: (alive) => thread.held = alive };
  }, limit);
  const answer = (thread: number, result: number) =>
    threads[thread].listener.returned(threads[thread].calls.shift()![0], result);
  return { pool, threads, answer, calls: () => threads.map(({ calls }) => calls.map(([, call]) => call)) };
}

describe("CallPool", () => {
  it("gives a call to an idle thread, a new one, or the least loaded", async () => {
    const { pool, calls, answer } = fakePool(2);
    const first = pool.call("a");
    pool.call("b");
    pool.call("c");
    pool.call("d");
    assert.deepEqual(calls(), [["a", "c"], ["b", "d"]]);
    answer(1, 1);
    answer(1, 1);
    answer(0, 7);
    assert.equal(await first, 7);
    pool.call("e");
    assert.deepEqual(calls(), [["c"], ["e"]]);
  });

  it("keeps the process alive with the threads at work only", async () => {
    const { pool, threads, answer } = fakePool(1);
    const calls = [pool.call("a"), pool.call("b")];
    answer(0, 1);
    assert.equal(threads[0].held, true);
    answer(0, 2);
    assert.deepEqual(await Promise.all(calls), [1, 2]);
    assert.equal(threads[0].held, false);
  });

  it("rejects only the call that failed", async () => {
    const { pool, threads, answer } = fakePool(1);
    const failing = pool.call("a"), other = pool.call("b");
    threads[0].listener.failed(threads[0].calls.shift()![0], "a bad address");
    await assert.rejects(failing, /Cannot run a native call: a bad address/);
    answer(0, 3);
    assert.equal(await other, 3);
  });

  it("rejects only what a thread had that died, and starts another", async () => {
    const { pool, threads, answer } = fakePool(2);
    const lost = pool.call("a"), other = pool.call("b");
    threads[0].listener.died("it is out of memory");
    await assert.rejects(lost, /out of memory/);
    const next = pool.call("c");
    assert.equal(threads.length, 3);
    answer(1, 5);
    answer(2, 6);
    assert.deepEqual(await Promise.all([other, next]), [5, 6]);
  });
});

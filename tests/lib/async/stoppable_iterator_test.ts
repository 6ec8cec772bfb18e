import assert from "node:assert/strict";
import { StoppableIterator } from "../../../lib/async/stoppable_iterator.ts";
import { describe, it } from "../../harness.ts";

/** Yields 1, then 2, then works until it is stopped; says what it released. */
function endless(): { iterator: StoppableIterator<number>; released: string[] } {
  const stop = new AbortController();
  const released: string[] = [];
  async function* work(): AsyncGenerator<number, string, undefined> {
    try {
      yield 1;
      yield 2;
      await new Promise((_, reject) =>
        stop.signal.addEventListener("abort", () => reject(stop.signal.reason))
      );
      return "end";
    } finally {
      released.push("everything");
    }
  }
  return { iterator: new StoppableIterator(work(), stop), released };
}

describe("StoppableIterator", () => {
  it("gives the items and releases everything when its loop is left", async () => {
    const { iterator, released } = endless();
    const items: number[] = [];
    for await (const item of iterator) {
      items.push(item);
      if (item === 2) break;
    }
    assert.deepEqual(items, [1, 2]);
    assert.deepEqual(released, ["everything"]);
  });

  it("stops the step at work when it is returned, and ends for who waits for that step", async () => {
    const { iterator, released } = endless();
    await iterator.next();
    await iterator.next();
    const waiting = iterator.next();
    assert.deepEqual(await iterator.return(), { done: true, value: undefined });
    assert.deepEqual(released, ["everything"]);
    assert.deepEqual(await waiting, { done: true, value: undefined });
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });

  it("passes failures on", async () => {
    async function* failing(): AsyncGenerator<number, void, undefined> {
      yield 1;
      throw new Error("broken");
    }
    const iterator = new StoppableIterator(failing(), new AbortController());
    assert.deepEqual(await iterator.next(), { done: false, value: 1 });
    await assert.rejects(iterator.next(), /broken/);
  });
});

import assert from "node:assert/strict";
import { inOrder } from "../../../lib/async/in_order.ts";
import { describe, it } from "../../harness.ts";

async function* numbers(count: number, taken: number[] = []) {
  for (let i = 0; i < count; i++) {
    taken.push(i);
    yield await Promise.resolve(i);
  }
}

/** Work that ends when it is told to. */
class Pieces {
  readonly started: number[] = [];
  readonly ends: PromiseWithResolvers<number>[] = [];
  stopped = 0;

  readonly work = (input: number, signal: AbortSignal): Promise<number> => {
    this.started.push(input);
    const end = this.ends[input] = Promise.withResolvers<number>();
    signal.addEventListener("abort", () => {
      this.stopped++;
      end.reject(signal.reason);
    });
    return end.promise;
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("inOrder()", () => {
  it("does as much at once as is allowed, and gives results in order", async () => {
    const pieces = new Pieces();
    const results: number[] = [];
    const reading = (async () => {
      for await (const result of inOrder(numbers(5), pieces.work, { limit: 2 })) results.push(result);
    })();
    await settle();
    assert.deepEqual(pieces.started, [0, 1]);
    pieces.ends[1].resolve(10);
    await settle();
    assert.deepEqual([pieces.started, results], [[0, 1, 2], []]);
    pieces.ends[0].resolve(0);
    await settle();
    assert.deepEqual([pieces.started, results], [[0, 1, 2, 3], [0, 10]]);
    for (const i of [3, 2]) pieces.ends[i].resolve(10 * i);
    await settle();
    pieces.ends[4].resolve(40);
    await reading;
    assert.deepEqual(results, [0, 10, 20, 30, 40]);
  });

  it("does not run ahead of who takes the results", async () => {
    const taken: number[] = [];
    const results = inOrder(numbers(20, taken), (input) => Promise.resolve(input), { limit: 2 });
    assert.equal((await results.next()).value, 0);
    await settle();
    assert.ok(taken.length <= 5, `${taken.length} were taken`);
    await results.return(undefined);
  });

  it("gives what came before a failure, throws that, and stops the rest", async () => {
    const pieces = new Pieces();
    const results: number[] = [];
    const reading = (async () => {
      for await (const result of inOrder(numbers(9), pieces.work, { limit: 3 })) results.push(result);
    })();
    await settle();
    pieces.ends[1].reject(new Error("no"));
    await settle();
    pieces.ends[0].resolve(0);
    await assert.rejects(reading, /no/);
    assert.deepEqual([pieces.started, results, pieces.stopped], [[0, 1, 2], [0], 3]);
  });

  it("stops what is under way when its signal is aborted, or the loop is left", async () => {
    for (const leave of [false, true]) {
      const pieces = new Pieces();
      const controller = new AbortController();
      const { signal } = controller;
      const results = inOrder(numbers(9), pieces.work, { limit: 3, signal });
      const first = results.next();
      await settle();
      if (leave) pieces.ends[0].resolve(0);
      else controller.abort(new Error("enough"));
      if (leave) assert.equal((await first).value, 0);
      else await assert.rejects(first, /enough/);
      await results.return(undefined);
      // With the first result taken, a fourth piece had begun.
      assert.deepEqual([pieces.started.length, pieces.stopped], leave ? [4, 4] : [3, 3]);
    }
  });
});

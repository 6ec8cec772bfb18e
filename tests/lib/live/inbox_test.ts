import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { StreamInbox } from "../../../lib/live/inbox.ts";
import { describe, it } from "../../harness.ts";

const piece = (length: number, value = 0) => new Float32Array(length).fill(value);

/** A source that is fed by hand, and says how often it was asked. */
class HandFed implements AsyncIterable<Float32Array> {
  asked = 0;
  closed = 0;
  readonly #given: Float32Array[] = [];
  #ended = false;
  #wake = Promise.withResolvers<void>();

  give(samples?: Float32Array): void {
    if (samples) this.#given.push(samples);
    else this.#ended = true;
    this.#wake.resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<Float32Array> {
    return {
      next: async () => {
        this.asked++;
        while (this.#given.length === 0 && !this.#ended) {
          await this.#wake.promise;
          this.#wake = Promise.withResolvers();
        }
        const value = this.#given.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      return: () => {
        this.closed++;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }
}

describe("StreamInbox", () => {
  it("gives all that has come at once, and waits where there is none", async () => {
    const source = new HandFed();
    await using inbox = new StreamInbox(source);
    source.give(piece(2, 1));
    source.give(piece(3, 2));
    await setImmediate();
    assert.ok(!inbox.isEmpty);
    assert.deepEqual([...(await inbox.take())!], [1, 1, 2, 2, 2]);
    assert.ok(inbox.isEmpty);
    const waiting = inbox.take();
    source.give(piece(0));
    source.give(piece(1, 3));
    assert.deepEqual([...(await waiting)!], [3]);
    source.give();
    assert.equal(await inbox.take(), undefined);
    assert.equal(await inbox.take(), undefined);
  });

  it("reads ahead up to its limit, and on when there is room", async () => {
    const source = new HandFed();
    await using inbox = new StreamInbox(source, { most: 10 });
    for (let i = 0; i < 5; i++) source.give(piece(4));
    for (let i = 0; i < 10; i++) await setImmediate();
    assert.equal(source.asked, 3);
    assert.equal((await inbox.take())!.length, 12);
    for (let i = 0; i < 10; i++) await setImmediate();
    assert.equal((await inbox.take())!.length, 8);
  });

  it("gives what came before a failure, and then the failure", async () => {
    async function* failing() {
      yield piece(3);
      await setImmediate();
      throw new Error("unplugged");
    }
    await using inbox = new StreamInbox(failing());
    assert.equal((await inbox.take())!.length, 3);
    await assert.rejects(inbox.take(), /unplugged/);
  });

  it("stops waiting when it is told to, and lets its source go", async () => {
    const source = new HandFed();
    const stop = new AbortController();
    {
      await using inbox = new StreamInbox(source, { signal: stop.signal });
      const waiting = inbox.take();
      stop.abort(new Error("enough"));
      await assert.rejects(waiting, /enough/);
    }
    assert.equal(source.closed, 1);
  });
});

import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { SoundBacklog } from "../../../lib/live/sound_backlog.ts";
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

describe("SoundBacklog", () => {
  it("gives all that has come at once, and waits where there is none", async () => {
    const source = new HandFed();
    await using backlog = new SoundBacklog(source);
    source.give(piece(2, 1));
    source.give(piece(3, 2));
    await setImmediate();
    assert.ok(!backlog.isEmpty);
    assert.deepEqual([...(await backlog.take())!], [1, 1, 2, 2, 2]);
    assert.ok(backlog.isEmpty);
    const waiting = backlog.take();
    source.give(piece(0));
    source.give(piece(1, 3));
    assert.deepEqual([...(await waiting)!], [3]);
    source.give();
    assert.equal(await backlog.take(), undefined);
    assert.equal(await backlog.take(), undefined);
  });

  it("reads ahead up to its limit, and on when there is room", async () => {
    const source = new HandFed();
    await using backlog = new SoundBacklog(source, { most: 10 });
    for (let i = 0; i < 5; i++) source.give(piece(4));
    for (let i = 0; i < 10; i++) await setImmediate();
    assert.equal(source.asked, 3);
    assert.equal((await backlog.take())!.length, 12);
    for (let i = 0; i < 10; i++) await setImmediate();
    assert.equal((await backlog.take())!.length, 8);
  });

  it("gives what came before a failure, and then the failure", async () => {
    async function* failing() {
      yield piece(3);
      await setImmediate();
      throw new Error("unplugged");
    }
    await using backlog = new SoundBacklog(failing());
    assert.equal((await backlog.take())!.length, 3);
    await assert.rejects(backlog.take(), /unplugged/);
  });

  it("stops waiting when it is told to, and lets its source go", async () => {
    const source = new HandFed();
    const stop = new AbortController();
    {
      await using backlog = new SoundBacklog(source, { signal: stop.signal });
      const waiting = backlog.take();
      stop.abort(new Error("enough"));
      await assert.rejects(waiting, /enough/);
    }
    assert.equal(source.closed, 1);
  });
});

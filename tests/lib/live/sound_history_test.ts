import assert from "node:assert/strict";
import { SoundHistory } from "../../../lib/live/sound_history.ts";
import { describe, it } from "../../harness.ts";

describe("SoundHistory", () => {
  it("gives samples by their place in the stream, as long as they are kept", () => {
    const queue = new SoundHistory();
    for (let at = 0; at < 200_000; at += 1000) {
      queue.push(Float32Array.from({ length: 1000 }, (_, i) => at + i));
      queue.dropBefore(at - 5000);
    }
    assert.deepEqual([queue.start, queue.end], [194_000, 200_000]);
    assert.deepEqual([...queue.slice(194_998, 195_002)], [194_998, 194_999, 195_000, 195_001]);
    assert.deepEqual([...queue.slice(0, 194_001)], [194_000]);
    assert.deepEqual([...queue.slice(199_999, 900_000)], [199_999]);
  });

  it("gives copies", () => {
    const queue = new SoundHistory();
    queue.push(Float32Array.of(1, 2, 3));
    const part = queue.slice(0, 2);
    queue.dropBefore(2);
    queue.push(Float32Array.of(4, 5));
    assert.deepEqual([...part], [1, 2]);
    assert.deepEqual([...queue.slice(2, 5)], [3, 4, 5]);
  });

  it("keeps nothing before a place beyond its end, and knows where it is", () => {
    const queue = new SoundHistory();
    queue.push(new Float32Array(10));
    queue.dropBefore(50);
    assert.deepEqual([queue.start, queue.end], [10, 10]);
    queue.dropBefore(3);
    assert.deepEqual([queue.start, queue.end], [10, 10]);
  });
});

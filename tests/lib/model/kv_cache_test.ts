import assert from "node:assert/strict";
import type { TensorSpec } from "../../../ffi/graph.ts";
import { openLibrary } from "../../../ffi/library.ts";
import { KvCache } from "../../../lib/model/kv_cache.ts";
import { describe, it } from "../../balance.ts";

const library = await openLibrary();
/** Two layers of two heads of two elements, and five positions. */
const inputs = new Map(
  ["past_key_0", "past_value_0", "past_key_1", "past_value_1"].map((name) => {
    const spec: TensorSpec = { name, type: "float32", shape: ["rows", 2, 5, 2] };
    return [name, spec];
  }),
);

/** Appends tokens as the decoder would: the value of a position is its token. */
function append(cache: KvCache, tokens: number[][]): void {
  const { length } = cache;
  for (const [, { data }] of cache.tensors()) {
    tokens.forEach((row, r) => row.forEach((token, t) => data.fill(token, ...span(r, 0, length + t))));
    tokens.forEach((row, r) => row.forEach((token, t) => data.fill(token, ...span(r, 1, length + t))));
  }
  cache.append(tokens);
}

function span(row: number, head: number, position: number): [number, number] {
  const start = ((row * 2 + head) * 5 + position) * 2;
  return [start, start + 2];
}

function held(cache: KvCache): number[][] {
  const rows = Array.from(
    { length: cache.rows },
    (_, row) =>
      Array.from({ length: cache.length }, (_, position) => {
        const values = cache.tensors().flatMap(([, { data }]) =>
          [0, 1].flatMap((head) => [...data.subarray(...span(row, head, position))])
        );
        assert.equal(new Set(values).size, 1, "all layers, heads and both tensors move together");
        return values[0];
      }),
  );
  return rows;
}

describe("KvCache", () => {
  it("widens one row to many", () => {
    using one = new KvCache(library, inputs, 1);
    append(one, [[7, 8]]);
    using three = new KvCache(library, inputs, 3);
    three.copyFrom(Array(3).fill({ cache: one, row: 0 }));
    assert.deepEqual(held(three), [[7, 8], [7, 8], [7, 8]]);
  });

  it("lets rows trade places", () => {
    using cache = new KvCache(library, inputs, 3);
    append(cache, [[1], [2], [3]]);
    cache.reorder([1, 2, 0]);
    assert.deepEqual(held(cache), [[2], [3], [1]]);
  });

  it("lets several rows continue one", () => {
    using cache = new KvCache(library, inputs, 3);
    append(cache, [[1, 1], [1, 2], [1, 3]]);
    cache.reorder([2, 2, 1]);
    append(cache, [[4], [5], [6]]);
    assert.deepEqual(held(cache), [[1, 3, 4], [1, 3, 5], [1, 2, 6]]);
  });

  it("copies only what comes after a common beginning", () => {
    using cache = new KvCache(library, inputs, 2);
    append(cache, [[1, 2], [1, 3]]);
    // A mark at the common beginning of the target: it would be lost if that were copied.
    for (const [, { data }] of cache.tensors()) data.fill(99, ...span(0, 0, 0));
    cache.reorder([1, 1]);
    const [, { data }] = cache.tensors()[0];
    assert.equal(data[span(0, 0, 0)[0]], 99);
    assert.equal(data[span(0, 0, 1)[0]], 3);
  });
});

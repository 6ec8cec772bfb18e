import assert from "node:assert/strict";
import type { TensorSpec } from "../../../../ffi/graph.ts";
import { openLibrary } from "../../../../ffi/library.ts";
import { type KvRow, KvSlots } from "../../../../lib/model/inference/kv_slots.ts";
import { describe, it } from "../../../balance.ts";

const library = await openLibrary();
/** Two layers of two heads of two elements, and five positions. */
const inputs = new Map(
  ["past_key_0", "past_value_0", "past_key_1", "past_value_1"].map((name) => {
    const spec: TensorSpec = { name, type: "float32", shape: ["rows", 2, 5, 2] };
    return [name, spec];
  }),
);

function eachTensor(slots: KvSlots, use: (data: ArrayLike<number> & { fill: Float32Array["fill"] }) => void) {
  for (const [, view] of slots.views(0, slots.rows.length)) {
    using tensor = view;
    use(tensor.data as Float32Array);
  }
}

function span(slot: number, head: number, position: number): [number, number] {
  const start = ((slot * 2 + head) * 5 + position) * 2;
  return [start, start + 2];
}

/** Appends tokens as the decoder would: the value of a position is its token. */
function append(slots: KvSlots, row: KvRow, tokens: number[]): void {
  const { length } = row.tokens;
  eachTensor(slots, (data) => {
    for (const head of [0, 1]) {
      tokens.forEach((token, i) => data.fill(token, ...span(row.slot, head, length + i)));
    }
  });
  slots.append(row, tokens);
}

/** Rows that hold these tokens. */
function rowsOf(slots: KvSlots, ...tokens: number[][]): KvRow[] {
  const rows = slots.add(tokens.length);
  rows.forEach((row, i) => append(slots, row, tokens[i]));
  return rows;
}

/** What lies in the slots of rows, which must be what the rows say. */
function assertHeld(slots: KvSlots, rows: readonly KvRow[], expected: number[][]): void {
  assert.deepEqual(rows.map(({ tokens }) => tokens), expected);
  eachTensor(slots, (data) => {
    for (const { slot, tokens } of rows) {
      for (const [i, token] of tokens.entries()) {
        for (const head of [0, 1]) assert.equal(data[span(slot, head, i)[0]], token);
      }
    }
  });
}

describe("KvSlots", () => {
  it("keeps what rows hold while others come and go, side by side", () => {
    using slots = new KvSlots({ library, inputs, memory: undefined });
    const [a, b] = rowsOf(slots, [1, 2], [3]);
    const [c, d, e] = rowsOf(slots, [4], [5, 6, 7], [8, 9]);
    slots.remove([a, d]);
    assert.deepEqual(slots.rows.map(({ slot }) => slot), [0, 1, 2]);
    assertHeld(slots, [b, c, e], [[3], [4], [8, 9]]);
    append(slots, b, [10]);
    const [f] = rowsOf(slots, [11, 12, 13, 14, 15]);
    assertHeld(slots, [b, c, e, f], [[3, 10], [4], [8, 9], [11, 12, 13, 14, 15]]);
  });

  it("gathers rows that lie apart, and loses none", () => {
    using slots = new KvSlots({ library, inputs, memory: undefined });
    const rows = rowsOf(slots, [1], [2, 3], [4, 5, 6], [7], [8, 9]);
    assert.equal(slots.gather([rows[3], rows[2]]), 2);
    assert.equal(slots.gather([rows[1], rows[4], rows[3]]), 0);
    assert.deepEqual([1, 4, 3].map((row) => rows[row].slot).toSorted(), [0, 1, 2]);
    assertHeld(slots, rows, [[1], [2, 3], [4, 5, 6], [7], [8, 9]]);
  });

  it("copies a row to another, but not what they begin with in common", () => {
    using slots = new KvSlots({ library, inputs, memory: undefined });
    const [source, target] = rowsOf(slots, [1, 2, 3], [1, 4]);
    // A mark at the common beginning of the target: it would be lost if that were copied.
    eachTensor(slots, (data) => data.fill(99, ...span(target.slot, 0, 0)));
    slots.copy(source, target);
    eachTensor(slots, (data) => {
      assert.deepEqual([0, 1, 2].map((i) => data[span(target.slot, 0, i)[0]]), [99, 2, 3]);
    });
    assert.deepEqual(target.tokens, [1, 2, 3]);
    append(slots, target, [5]);
    assert.deepEqual(source.tokens, [1, 2, 3]);
  });

  it("gives memory back when few rows are left, and all of it when none is", () => {
    using slots = new KvSlots({ library, inputs, memory: undefined });
    const rows = rowsOf(slots, ...Array.from({ length: 9 }, (_, i) => [i, i]));
    const { generation } = slots;
    slots.remove(rows.slice(0, 6));
    assert.equal(slots.generation, generation);
    slots.remove(rows.slice(6, 7));
    assert.ok(slots.generation > generation);
    assertHeld(slots, rows.slice(7), [[7, 7], [8, 8]]);
    slots.remove(rows.slice(7));
    assert.throws(() => slots.views(0, 1), TypeError);
    assertHeld(slots, rowsOf(slots, [3]), [[3]]);
  });
});

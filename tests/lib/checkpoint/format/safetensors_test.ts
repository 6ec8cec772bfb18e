import assert from "node:assert/strict";
import { readSafetensors } from "../../../../lib/checkpoint/format/safetensors.ts";
import { describe, it } from "../../../harness.ts";
import { memoryReader } from "../corpus/read.ts";

/** A file of this header with so many bytes of data behind it. */
function safetensors(header: object | string, dataBytes: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function read(header: object | string, dataBytes: number, file?: number) {
  const bytes = safetensors(header, dataBytes);
  return readSafetensors(memoryReader(bytes), bytes.length, file);
}

/** A tensor as a header says it. */
function tensor(dtype: string, shape: number[], begin: number, end: number) {
  return { dtype, shape, data_offsets: [begin, end] };
}

describe("readSafetensors()", () => {
  it("gives places, shapes and strides, of the file it was told or the first", async () => {
    const header = { b: tensor("F32", [2, 3, 4], 4, 100), a: tensor("F16", [2], 0, 4) };
    const start = safetensors(header, 0).length;
    for (const file of [undefined, 3]) {
      const found = await read(header, 100, file);
      assert.deepEqual([...found], [
        ["a", { dtype: "float16", shape: [2], strides: [1], offset: start, file: file ?? 0 }],
        ["b", {
          dtype: "float32",
          shape: [2, 3, 4],
          strides: [12, 4, 1],
          offset: start + 4,
          file: file ?? 0,
        }],
      ]);
    }
  });

  it("reads a file without tensors, and one with tensors of no value or of no axis", async () => {
    assert.equal((await read({}, 0)).size, 0);
    const found = await read({
      after: tensor("F32", [], 0, 4),
      empty: tensor("F32", [0, 5], 0, 0),
      last: tensor("F64", [0], 4, 4),
    }, 4);
    assert.deepEqual([...found.keys()], ["empty", "after", "last"]);
  });

  it("knows how many bytes integers take, which no weight is made of", async () => {
    for (
      const [dtype, bytes] of [["I64", 8], ["I32", 4], ["I16", 2], ["I8", 1], ["U8", 1], ["BOOL", 1]] as const
    ) {
      const found = await read({ steps: tensor(dtype, [3], 0, 3 * bytes) }, 3 * bytes);
      assert.deepEqual([...found.keys()], ["steps"], dtype);
      await assert.rejects(
        read({ steps: tensor(dtype, [3], 0, 3 * bytes + 3) }, 3 * bytes + 3),
        /needs/,
        dtype,
      );
    }
  });

  it("refuses bytes in no tensor or in two, before, between and behind", async () => {
    const two = (begin: number, end: number) => ({
      a: tensor("F32", [1], 0, 4),
      b: tensor("F32", [1], begin, end),
    });
    assert.equal((await read(two(4, 8), 8)).size, 2);
    await assert.rejects(read(two(2, 6), 6), /"b" shares bytes with the one before/);
    await assert.rejects(read(two(5, 9), 9), /"b" does not start where the one before ends/);
    await assert.rejects(read(two(4, 8), 9), /the tensors end at \d+, the file has \d+ bytes/);
    await assert.rejects(read(two(4, 8), 7), /the tensors end at/);
    await assert.rejects(read({ a: tensor("F32", [1], 4, 8) }, 8), /"a" does not start/);
  });

  it("refuses a header that is longer than the file or than its limit, and takes one as long as the file", async () => {
    const bytes = safetensors({}, 0);
    assert.equal((await readSafetensors(memoryReader(bytes), bytes.length)).size, 0);
    await assert.rejects(
      readSafetensors(memoryReader(bytes), bytes.length - 1),
      /said to have 2 bytes, the file has 9/,
    );
    await assert.rejects(readSafetensors(memoryReader(bytes), 7), /at least 8 bytes/);
    await assert.rejects(
      readSafetensors(memoryReader(bytes.slice(0, 8)), 8),
      /said to have 2 bytes, the file has 8/,
    );
  });

  it("refuses shapes that are none, and more axes than there may be", async () => {
    const ones = (rank: number) => ({ a: tensor("F32", new Array(rank).fill(1), 0, 4) });
    assert.equal((await read(ones(8), 4)).size, 1);
    await assert.rejects(read(ones(9), 4), /has 9 sizes, the limit is 8/);
    await assert.rejects(read({ a: tensor("F32", [-1], 0, 4) }, 4), /must hold integers from 0 on/);
    await assert.rejects(read('{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}', 4), /from 0 on/);
    await assert.rejects(
      read('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', 4),
      /has 3 data_offsets/,
    );
    await assert.rejects(read('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4), /needs 8 bytes/);
    await assert.rejects(read('{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,4]}}', 4), /has dtype "F8"/);
  });
});

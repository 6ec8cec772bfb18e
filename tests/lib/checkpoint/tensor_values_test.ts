import assert from "node:assert/strict";
import { readTensorValues } from "../../../lib/checkpoint/tensor_values.ts";
import { isRowMajor, type TensorEntry } from "../../../lib/checkpoint/types.ts";
import { describe, it } from "../../harness.ts";
import { type Dtype, store } from "./corpus/model.ts";
import { memoryReader } from "./corpus/read.ts";

const COUNT = 24;

/** A tensor over values 0, 1, 2 … that start `offset` bytes into a file. */
function read(
  dtype: Dtype,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Promise<Float32Array> {
  const stored = store(Float32Array.from({ length: COUNT }, (_, i) => i), dtype);
  const file = new Uint8Array(offset + stored.length);
  file.set(stored, offset);
  const entry: TensorEntry = { dtype, shape, strides, offset, file: 0 };
  return readTensorValues(entry, memoryReader(file));
}

describe("readTensorValues()", () => {
  for (const dtype of ["float16", "bfloat16", "float32", "float64"] as const) {
    it(`readTensorValues() reads ${dtype}, also from an odd byte`, async () => {
      const wanted = Float32Array.of(0, 1, 2, 3, 4, 5);
      assert.deepEqual(await read(dtype, [2, 3], [3, 1]), wanted);
      assert.deepEqual(await read(dtype, [2, 3], [3, 1], 5), wanted);
    });
  }

  it("readTensorValues() gives column-major weights row by row", async () => {
    assert.deepEqual(await read("float16", [2, 3], [1, 2]), Float32Array.of(0, 2, 4, 1, 3, 5));
  });

  it("readTensorValues() follows any strides", async () => {
    assert.deepEqual(
      await read("float32", [2, 2, 3], [3, 12, 1]),
      Float32Array.of(0, 1, 2, 12, 13, 14, 3, 4, 5, 15, 16, 17),
    );
    assert.deepEqual(await read("float32", [3], [7]), Float32Array.of(0, 7, 14));
    assert.deepEqual(await read("float32", [], []), Float32Array.of(0));
  });

  it("readTensorValues() keeps infinities and NaN", async () => {
    const bytes = new Uint8Array(Uint16Array.of(0x7c00, 0xfc00, 0x7e00, 0x8000).buffer);
    const entry: TensorEntry = { dtype: "float16", shape: [4], strides: [1], offset: 0, file: 0 };
    assert.deepEqual(
      await readTensorValues(entry, memoryReader(bytes)),
      Float32Array.of(Infinity, -Infinity, NaN, -0),
    );
  });
});

describe("isRowMajor()", () => {
  it("isRowMajor() ignores the strides of dimensions of size 1", () => {
    const entry = { dtype: "float16", offset: 0, file: 0 } as const;
    assert.ok(isRowMajor({ ...entry, shape: [2, 3], strides: [3, 1] }));
    assert.ok(isRowMajor({ ...entry, shape: [1, 3], strides: [99, 1] }));
    assert.ok(!isRowMajor({ ...entry, shape: [2, 3], strides: [1, 2] }));
    assert.ok(!isRowMajor({ ...entry, shape: [2, 3], strides: [4, 1] }));
  });
});

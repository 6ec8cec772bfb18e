/**
 * The values of a tensor, whatever its dtype and strides: for tests, and for weights that ONNX Runtime cannot
 * take from the file as they are.
 */
import { BYTES_PER_VALUE, isRowMajor, type ReadAt, type TensorDtype, type TensorEntry } from "./types.ts";

/**
 * Reads the values of a tensor.
 *
 * @param read Reads the file the tensor is in.
 * @returns The values in row-major order, whatever the strides.
 */
export async function readTensorValues(entry: TensorEntry, read: ReadAt): Promise<Float32Array<ArrayBuffer>> {
  const { shape, strides, dtype } = entry;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0) return new Float32Array(0);
  const span = shape.reduce((last, size, i) => last + (size - 1) * strides[i], 1);
  const stored = toFloat32(await read(entry.offset, span * BYTES_PER_VALUE[dtype]), dtype);
  return isRowMajor(entry) ? stored : gather(stored, shape, strides, count);
}

function toFloat32(bytes: Uint8Array<ArrayBuffer>, dtype: TensorDtype): Float32Array<ArrayBuffer> {
  const aligned = bytes.byteOffset % BYTES_PER_VALUE[dtype] === 0 ? bytes : bytes.slice();
  const count = bytes.byteLength / BYTES_PER_VALUE[dtype];
  const at = aligned.byteOffset;
  switch (dtype) {
    case "float32":
      return new Float32Array(aligned.buffer, at, count);
    case "float64":
      return Float32Array.from(new Float64Array(aligned.buffer, at, count));
    case "float16":
      return new Float32Array(new Float16Array(aligned.buffer, at, count));
    case "bfloat16": {
      const values = new Float32Array(count);
      const bits = new Uint32Array(values.buffer);
      const upper = new Uint16Array(aligned.buffer, at, count);
      for (let i = 0; i < count; i++) bits[i] = upper[i] << 16;
      return values;
    }
  }
}

/** Copies a view of stored values into row-major order. */
function gather(
  stored: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  const index = new Array<number>(shape.length).fill(0);
  const inner = shape.length - 1;
  const step = strides[inner];
  let from = 0;
  for (let to = 0; to < count;) {
    for (let i = 0; i < shape[inner]; i++) values[to++] = stored[from + i * step];
    for (let axis = inner - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}

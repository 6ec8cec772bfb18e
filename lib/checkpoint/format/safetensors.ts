/**
 * Safetensors files: a length, a JSON header with dtype, shape and place of each tensor, and the tensors, one
 * behind the other. After the format's own description in the README of huggingface/safetensors.
 */
import { parseJson } from "./json.ts";
import { MAX_JSON_BYTES, MAX_TENSOR_RANK } from "./limits.ts";
import { quote, refuse } from "./refuse.ts";
import { BYTES_PER_VALUE, type ReadAt, rowMajorStrides, type TensorDtype } from "../types.ts";
import { IntegerTensor, type StoredTensor } from "./stored_tensor.ts";
import { DictValue, isIndex, kindOf } from "./values.ts";

const DTYPES: ReadonlyMap<unknown, TensorDtype> = new Map([
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["F32", "float32"],
  ["F64", "float64"],
]);

/** Bytes of one value of the types that no weight has, but a trainer's counter may. */
const INTEGER_DTYPES: ReadonlyMap<unknown, number> = new Map([
  ["I64", 8],
  ["I32", 4],
  ["I16", 2],
  ["I8", 1],
  ["U8", 1],
  ["BOOL", 1],
]);

const LENGTH_BYTES = 8;

/**
 * Reads where the tensors of a safetensors file of `size` bytes lie.
 *
 * @param file The index the tensors' file gets.
 * @throws {CheckpointFormatError} when the header is damaged, or tensors do not cover the file exactly.
 */
export async function readSafetensors(
  read: ReadAt,
  size: number,
  file = 0,
): Promise<Map<string, StoredTensor>> {
  if (size < LENGTH_BYTES) {
    refuse(`a safetensors file has at least ${LENGTH_BYTES} bytes, this one has ${size}`, 0);
  }
  const head = await read(0, LENGTH_BYTES);
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  if (length > MAX_JSON_BYTES) {
    refuse(`the header is said to have ${length} bytes, the limit is ${MAX_JSON_BYTES}`, 0);
  }
  const dataOffset = LENGTH_BYTES + length;
  if (dataOffset > size) refuse(`the header is said to have ${length} bytes, the file has ${size}`, 0);
  const bytes = await read(LENGTH_BYTES, length);
  if (bytes[0] !== 0x7b) refuse("the header of a safetensors file must start with {", LENGTH_BYTES);
  return tensorsOf(parseJson(bytes, "the header") as DictValue, dataOffset, size, file);
}

function tensorsOf(
  header: DictValue,
  dataOffset: number,
  size: number,
  file: number,
): Map<string, StoredTensor> {
  checkMetadata(header.get("__metadata__"));
  header.delete("__metadata__");
  const places = [...header].map(([name, value]) => placeOf(String(name), value, dataOffset, file));
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = dataOffset;
  for (const { name, begin, end } of places) {
    if (begin !== at) {
      const fault = begin < at
        ? "shares bytes with the one before"
        : "does not start where the one before ends";
      refuse(`the tensor ${quote(name)} ${fault}, at ${at}`, begin);
    }
    at = end;
  }
  if (at !== size) refuse(`the tensors end at ${at}, the file has ${size} bytes`, Math.min(at, size));
  return new Map(places.map(({ name, tensor }) => [name, tensor]));
}

/** A tensor and the bytes of the file that it has. */
interface Place {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  readonly tensor: StoredTensor;
}

function placeOf(name: string, value: unknown, dataOffset: number, file: number): Place {
  const what = `the tensor ${quote(name)}`;
  if (!(value instanceof DictValue)) refuse(`${what} is ${kindOf(value)}, it must be an object`);
  for (const key of value.keys()) {
    if (!["dtype", "shape", "data_offsets"].includes(String(key))) {
      refuse(`${what} has a field ${quote(String(key))}`);
    }
  }
  const found = value.get("dtype");
  const dtype = DTYPES.get(found);
  const valueBytes = dtype === undefined ? INTEGER_DTYPES.get(found) : BYTES_PER_VALUE[dtype];
  if (valueBytes === undefined) {
    refuse(
      `${what} has dtype ${typeof found === "string" ? quote(found) : kindOf(found)}, no floating-point type`,
    );
  }
  const shape = integers(value.get("shape"), `${what}: its shape`);
  if (shape.length > MAX_TENSOR_RANK) {
    refuse(`${what} has ${shape.length} sizes, the limit is ${MAX_TENSOR_RANK}`);
  }
  const offsets = integers(value.get("data_offsets"), `${what}: its data_offsets`);
  if (offsets.length !== 2) refuse(`${what} has ${offsets.length} data_offsets, it must have 2`);
  const [begin, end] = offsets.map((offset) => dataOffset + offset);
  const bytes = shape.reduce((product, size) => product * size, valueBytes);
  // A product too large to be exact is too large for any file, and differs from every difference of offsets.
  if (bytes > Number.MAX_SAFE_INTEGER || end - begin !== bytes) {
    refuse(
      `${what} of shape (${shape}) needs ${bytes} bytes, its data_offsets give it ${end - begin}`,
      begin,
    );
  }
  const tensor = dtype === undefined
    ? new IntegerTensor(String(found))
    : { dtype, shape, strides: rowMajorStrides(shape), offset: begin, file };
  return { name, begin, end, tensor };
}

function integers(value: unknown, what: string): number[] {
  if (!Array.isArray(value)) refuse(`${what} must be a list, but is ${kindOf(value)}`);
  for (const item of value) {
    if (!isIndex(item)) {
      refuse(`${what} must hold integers from 0 on, but has ${kindOf(item)}`);
    }
  }
  return value;
}

function checkMetadata(metadata: unknown): void {
  if (metadata === undefined) return;
  if (!(metadata instanceof DictValue) || [...metadata.values()].some((value) => typeof value !== "string")) {
    refuse("__metadata__ must be an object of strings");
  }
}

/**
 * Files of `torch.save` before PyTorch 1.6 that lie, and the nearest ones that do not.
 */
import { buildLegacy, type LegacyOptions, legacyTensors } from "./legacy.ts";
import { type TensorSpec, unwrapTensors } from "./model.ts";
import { Dict, float, global, Raw } from "./pickle.ts";
import type { Case } from "./read.ts";

function legacy(what: string, options: LegacyOptions, error?: RegExp): Case {
  return { what, error, bytes: () => buildLegacy(options) };
}

/** A file with its first tensor changed. */
function first(what: string, change: Partial<TensorSpec>, error?: RegExp): Case {
  const tensors = (): TensorSpec[] =>
    unwrapTensors().map((spec, i) => i === 0 ? { ...spec, ...change } : spec);
  return { what, error, bytes: () => buildLegacy({ tensors: legacyTensors(tensors()) }) };
}

/** All tensors as views into one storage. */
function oneStorage(): TensorSpec[] {
  const all = unwrapTensors();
  const data = Uint8Array.from(all.flatMap((spec) => [...spec.data]));
  let offset = 0;
  return all.map((spec) => {
    const shared = { ...spec, data, key: "94087", offset, count: data.length / 2 };
    offset += spec.data.length / 2;
    return shared;
  });
}

const half = new Raw(global("torch", "HalfStorage"));

export const LEGACY_CASES: readonly Case[] = [
  legacy("a file from before PyTorch 1.6", {}),
  legacy("an old file of float32 tensors", { tensors: legacyTensors(unwrapTensors("float32")) }),
  legacy("an old file with one storage", { tensors: legacyTensors(oneStorage()) }),
  legacy("an old file of another machine's sizes", {
    machine: new Dict([["little_endian", true], ["type_sizes", new Dict([["long", 8]])]]),
  }),

  legacy("the magic number alone", { file: (bytes) => bytes.subarray(0, 15) }, /cut short/),
  legacy("another magic number", { magic: 7 }, /a bare pickle/),
  legacy("another protocol", { protocol: 1000 }, /protocol of torch\.save is the integer 1000/),
  legacy("a float for a protocol", { protocol: float(1001) }, /is the float 1001/),
  legacy("a big-endian machine", { machine: new Dict([["little_endian", false]]) }, /little-endian/),
  legacy("a machine that is a list", { machine: [] }, /little-endian/),
  legacy("a global among what the machine is", {
    machine: new Dict([["little_endian", half]]),
  }, /global "torch\.HalfStorage", which is not allowed/),
  legacy("data that names os.system", {
    data: () => Uint8Array.from([0x80, 2, ...global("os", "system"), 0x2e]),
  }, /global "os\.system", which is not allowed/),
  legacy("data that is cut", { data: (bytes) => bytes.subarray(0, 300) }, /cut short|not allowed|opcode/),
  legacy("keys that are a dict", { keys: () => new Dict([]) }, /keys of the storages are a dict/),
  legacy("a key that is an integer", { keys: (keys) => [0, ...keys.slice(1)] }, /key is the integer 0/),
  legacy("a key twice", { keys: (keys) => [...keys, keys[0]] }, /storage "0" comes twice/),
  legacy("a key of no tensor", { keys: (keys) => [...keys, "x"] }, /storage "x" belongs to no tensor/),
  legacy("a key too few", { keys: (keys) => keys.slice(1) }, /storage "0" is not in the file/),
  legacy("a key that is a persistent id", {
    keys: () => new Raw([0x4b, 1, 0x51]),
  }, /persistent id stands outside the data/),
  legacy("a storage of another length than the data says", {
    length: (values, key) => key === "7" ? values + 1 : values,
  }, /storage "7" is said to hold \d+ values, its length in the file is \d+/),
  legacy("a storage of a negative length", { length: () => -1n }, /its length in the file is -1/),
  legacy("a byte too few", { file: (bytes) => bytes.subarray(0, -1) }, /ends at \d+, the file has \d+ bytes/),
  legacy("a byte too many", {
    file: (bytes) => Uint8Array.from([...bytes, 0]),
  }, /storages end at \d+, the file has \d+ bytes/),
  legacy("a file that ends with its pickles", {
    file: (bytes) => bytes.subarray(0, bytes.length - 2000),
  }, /the file has \d+ bytes/),
  first("a storage of 2**52 values", { count: 2 ** 52 }, /ends at \d+, the file has/),
  legacy("a storage that is described in two ways", {
    tensors: legacyTensors(
      unwrapTensors().map((spec, i) => i === 1 ? { ...spec, key: "0", count: 61 } : spec),
    ),
  }, /storage "0" is said to hold 61 values of float16, and before 60 of float16/),
  first(
    "a storage that is a view of another one",
    { persistentId: { 5: ["1", 0, 4] } },
    /a view of another one/,
  ),
  first(
    "a persistent id of five items",
    { persistentId: { 5: new Raw([]) } },
    /must be a tuple that describes/,
  ),
  first(
    "an offset past the storage of an old file",
    { arguments: { 1: 1 } },
    /does not fit in its storage "0"/,
  ),
  first("a storage of whole numbers for a weight", {
    persistentId: { 1: new Raw(global("torch", "ShortStorage")) },
  }, /has dtype "int16", no floating-point type/),
];

/**
 * Pickles that reach for something or are damaged, and the nearest ones that are right.
 */
import { stateOf, tensor, tensors, top } from "./cases.ts";
import {
  buildTorch,
  DIMS_PAIRS,
  rowMajor,
  store,
  tensorPickle,
  type TensorSpec,
  unwrapTensors,
  valuesOf,
} from "./model.ts";
import { call, Dict, float, global, noHooks, opcodes, type PickleSpec, Raw, text, Tuple } from "./pickle.ts";
import type { Case } from "./read.ts";
import { fields } from "./zip.ts";

/** A checkpoint with bytes of a pickle in the place of a tensor's hooks, where an object is made by a call. */
function hooks(what: string, spec: PickleSpec, error?: RegExp): Case {
  return tensor(what, { arguments: { 5: spec } }, error);
}

/** A checkpoint whose data.pkl is this. */
function dataPkl(
  what: string,
  bytes: readonly number[] | ((right: Uint8Array) => Uint8Array),
  error: RegExp,
): Case {
  const change = typeof bytes === "function" ? bytes : () => Uint8Array.from(bytes);
  return { what, error, bytes: () => buildTorch({ dataPkl: change }).bytes };
}

/** All tensors as views into one storage. */
function sharedStorage(): TensorSpec[] {
  const all = unwrapTensors();
  const data = Uint8Array.from(all.flatMap((spec) => [...spec.data]));
  let offset = 0;
  return all.map((spec) => {
    const shared = { ...spec, data, key: "0", offset, count: data.length / 2 };
    offset += spec.data.length / 2;
    return shared;
  });
}

const dims = new Dict(DIMS_PAIRS);
const mark = 0x28;

export const PICKLE_CASES: readonly Case[] = [
  tensors("float32 tensors", () => unwrapTensors("float32")),
  tensors("bfloat16 tensors", () => unwrapTensors("bfloat16")),
  tensors("float64 tensors", () => unwrapTensors("float64")),
  tensors("tensors that share a storage", sharedStorage),
  tensors("row-major weights", () =>
    unwrapTensors().map((spec) => {
      const data = store(valuesOf(String(spec.name), spec.shape), "float16");
      return { ...spec, data, strides: rowMajor(spec.shape) };
    })),
  tensor("a tensor that was on a GPU", { persistentId: { 3: "cuda:0" } }),
  tensor("a tensor that requires gradients", { arguments: { 4: true } }),
  tensors(
    "a trained parameter",
    () =>
      unwrapTensors().map((spec, i) =>
        i === 0
          ? {
            ...spec,
            replacement: call("torch._utils", "_rebuild_parameter", tensorPickle(spec), true, noHooks()),
          }
          : spec
      ),
  ),
  top(
    "a state dict before dims",
    () => new Dict([["model_state_dict", stateOf(unwrapTensors())], ["dims", dims]]),
  ),
  top("more at the top level, as trainers leave it", () =>
    new Dict([
      ["epoch", 3],
      ["loss", float(0.5)],
      ["history", [1, new Tuple(1, "a"), null]],
      ["dims", dims],
      ["model_state_dict", stateOf(unwrapTensors())],
    ])),
  top("an OrderedDict with attributes", () => {
    const items = [mark, ...stateOf(unwrapTensors()).pairs.flatMap((pair) => pair.flatMap(opcodes)), 0x75];
    const metadata = opcodes(new Dict([["_metadata", new Dict([["", new Dict([["version", 1]])]])]]));
    return new Dict([["dims", dims], [
      "model_state_dict",
      new Raw([...noHooks().bytes, ...items, ...metadata, 0x62]),
    ]]);
  }),
  top("a frame around everything, protocol 4", () => {
    const value = opcodes(new Dict([["dims", dims], ["model_state_dict", stateOf(unwrapTensors())]]));
    return new Raw([0x95, ...fields([value.length + 1, 8]), ...value]);
  }),
  hooks(
    "hooks made by STACK_GLOBAL of an allowed name",
    new Raw([
      ...text(0x8c, 1, "collections"),
      ...text(0x8c, 1, "OrderedDict"),
      ...[0x93, 0x94, 0x29, 0x52],
    ]),
  ),

  ...[
    ["builtins", "eval"],
    ["os", "system"],
    ["builtins", "getattr"],
    ["collections", "Counter"],
    ["collections", "OrderedDict.fromkeys"],
    ["collections", "OrderedDict "],
    ["collections", ""],
    ["torch", "Size"],
    ["__proto__", "constructor"],
    ["collections", "hasOwnProperty"],
    ["torch._utils", "_rebuild_tensor"],
    ["torch.storage", "_load_from_bytes"],
  ].map(([module, name]) =>
    hooks(
      `a call of ${module}.${name}`,
      call(module, name, "x"),
      new RegExp(`global "${module}\\.${name}", which is not`),
    )
  ),
  hooks(
    "a call by STACK_GLOBAL",
    new Raw([...text(0x8c, 1, "builtins"), ...text(0x8c, 1, "eval"), 0x93]),
    /global "builtins\.eval"/,
  ),
  hooks("STACK_GLOBAL of numbers", new Raw([0x4b, 1, 0x4b, 2, 0x93]), /name is not a string/),
  hooks(
    "a call of a storage type",
    new Raw([...global("torch", "HalfStorage"), 0x29, 0x52]),
    /calls a TorchStorageType/,
  ),
  hooks("a call of a result", new Raw([...noHooks().bytes, 0x29, 0x52]), /calls a dict/),
  hooks(
    "a call with a list",
    new Raw([...global("collections", "OrderedDict"), 0x5d, 0x52]),
    /OrderedDict with a list/,
  ),
  hooks(
    "an OrderedDict made with arguments",
    call("collections", "OrderedDict", [new Tuple("a", 1)]),
    /made with arguments/,
  ),
  hooks(
    "hooks that are not empty",
    new Raw([...noHooks().bytes, ...opcodes("a"), 0x4b, 1, 0x73]),
    /hooks are a dict/,
  ),
  hooks("hooks that are None", null, /hooks are null/),
  hooks(
    "20,000 nested lists",
    new Raw([...new Array(20_000).fill(0x5d), ...new Array(19_999).fill(0x61)]),
    /hooks are a list/,
  ),
  ...Object.entries({
    INST: [mark, 0x69, ...global("builtins", "eval").slice(1)],
    OBJ: [mark, ...global("collections", "OrderedDict"), 0x6f],
    NEWOBJ: [...global("collections", "OrderedDict"), 0x29, 0x81],
    NEWOBJ_EX: [...global("collections", "OrderedDict"), 0x29, 0x7d, 0x92],
    EXT1: [0x82, 1],
    EXT2: [0x83, 1, 0],
    EXT4: [0x84, 1, 0, 0, 0],
    PERSID: [0x50, 0x30, 0x0a],
    INT: [0x49, 0x30, 0x30, 0x0a],
    LONG: [0x4c, 0x30, 0x4c, 0x0a],
    FLOAT: [0x46, 0x30, 0x0a],
    STRING: [0x53, 0x27, 0x27, 0x0a],
    UNICODE: [0x56, 0x61, 0x0a],
    GET: [0x67, 0x2d, 0x31, 0x0a],
    PUT: [0x70, 0x30, 0x0a],
    LONG4: [0x8b, 0xff, 0xff, 0xff, 0x7f],
    BINBYTES: [0x42, 0xff, 0xff, 0xff, 0xff],
    POP: [0x4e, 0x30],
    DUP: [0x4e, 0x32],
    "0xff": [0xff],
  }).map(([name, bytes]) =>
    hooks(`opcode ${name}`, new Raw(bytes), new RegExp(`opcode ${name}, which is not allowed`))
  ),

  hooks("BUILD of a plain dict", new Raw([0x7d, 0x7d, 0x62]), /sets attributes of a dict/),
  hooks(
    "BUILD of a global",
    new Raw([...global("torch", "HalfStorage"), 0x7d, 0x62]),
    /attributes of a TorchStorageType/,
  ),
  hooks(
    "BUILD from an integer",
    new Raw([...noHooks().bytes, 0x4b, 1, 0x62]),
    /attributes from the integer 1/,
  ),
  hooks("a string of 4 GiB", new Raw([0x58, 0xff, 0xff, 0xff, 0xff]), /wants 4294967295 bytes/),
  hooks(
    "a string of 2**64 - 1 bytes",
    new Raw([0x8d, ...new Array(8).fill(0xff)]),
    /wants 18446744073709552000 bytes/,
  ),
  hooks(
    "a string whose length is right modulo 2**32",
    new Raw([0x8d, 1, 0, 0, 0, 1, 0, 0, 0, 0x61]),
    /wants 4294967297 bytes/,
  ),
  hooks(
    "a frame of 2**63 bytes",
    new Raw([0x95, 0, 0, 0, 0, 0, 0, 0, 0x80]),
    /wants 9223372036854776000 bytes/,
  ),
  hooks("a string that is not UTF-8", new Raw([0x58, 2, 0, 0, 0, 0xc0, 0x80]), /not UTF-8/),
  hooks("an integer of 255 bytes", new Raw([0x8a, 255, ...new Array(255).fill(1)]), /integer of 255 bytes/),
  hooks("a memo entry that was never put", new Raw([0x6a, 0x60, 0xea, 0, 0]), /memo entry 60000/),
  hooks("SETITEM of a list", new Raw([0x5d, 0x4b, 1, 0x4b, 1, 0x73]), /sets an item of a list/),
  hooks("SETITEM of None", new Raw([0x4e, 0x4b, 1, 0x4b, 1, 0x73]), /sets an item of null/),
  hooks("APPEND to a dict", new Raw([0x7d, 0x4b, 1, 0x61]), /appends to a dict/),
  hooks("a dict in which a dict is a key", new Raw([0x7d, 0x7d, 0x4b, 1, 0x73]), /key is a dict/),
  hooks(
    "a dict in which a float is a key",
    new Raw([0x7d, ...float(NaN).bytes, 0x4b, 1, 0x73]),
    /key is the float NaN/,
  ),
  hooks("a dict with a key twice", new Dict([["a", 1], ["a", 1]]), /key "a" twice/),

  dataPkl("no protocol number", [0x7d, 0x2e], /does not start with a protocol number/),
  dataPkl("protocol 1", [0x80, 1, 0x7d, 0x2e], /has protocol 1/),
  dataPkl("a second protocol number", [0x80, 2, 0x80, 2, 0x7d, 0x2e], /opcode 0x80/),
  dataPkl("no bytes", [], /cut short/),
  dataPkl("no STOP", (right) => right.subarray(0, -1), /cut short/),
  dataPkl("half a pickle", (right) => right.subarray(0, right.length >> 1), /cut short|does not end/),
  dataPkl("a name that does not end", [0x80, 2, 0x63, 0x6f, 0x73], /a name does not end/),
  dataPkl("bytes after STOP", (right) => Uint8Array.from([...right, 0]), /stops 1 bytes before its end/),
  dataPkl("STOP with an empty stack", [0x80, 2, 0x2e], /nothing on the stack/),
  dataPkl("STOP with values left", [0x80, 2, 0x4e, 0x7d, 0x2e], /values left over/),
  dataPkl("STOP with a mark left", [0x80, 2, mark, 0x7d, 0x2e], /values left over/),
  dataPkl("REDUCE with an empty stack", [0x80, 2, 0x52, 0x2e], /nothing on the stack/),
  dataPkl("TUPLE2 over a mark", [0x80, 2, 0x4e, mark, 0x4e, 0x86, 0x2e], /nothing on the stack/),
  dataPkl("TUPLE without a mark", [0x80, 2, 0x4e, 0x74, 0x2e], /no mark/),
  dataPkl(
    "SETITEMS with a key and no value",
    [0x80, 2, 0x7d, mark, 0x4b, 1, 0x75, 0x2e],
    /a key without a value/,
  ),
  dataPkl("BINPUT with an empty stack", [0x80, 2, 0x71, 0, 0x2e], /nothing on the stack/),
  dataPkl("300,000 opcodes", [0x80, 2, ...new Array(300_000).fill(0x4e), 0x2e], /more than 131072 opcodes/),
  dataPkl("100,000 dicts", [0x80, 2, ...new Array(100_000).fill(0x7d), 0x2e], /values left over/),
  dataPkl("100,000 marks", [0x80, 2, ...new Array(100_000).fill(mark), 0x4e, 0x2e], /values left over/),
  dataPkl(
    "pairs of pairs, 2**60 leaves",
    [0x80, 2, 0x4e, ...new Array(60).fill([0x71, 0, 0x68, 0, 0x86]).flat(), 0x2e],
    /holds a tuple/,
  ),
];

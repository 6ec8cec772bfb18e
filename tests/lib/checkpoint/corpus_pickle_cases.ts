/**
 * Pickles that reach for something, that are damaged, or that describe no Whisper model; and the nearest ones
 * that are right.
 */
import {
  buildTorch,
  DIMS_PAIRS,
  modelTensors,
  rowMajor,
  store,
  tensorPickle,
  type TensorSpec,
  valuesOf,
} from "./corpus_model.ts";
import {
  call,
  Dict,
  float,
  global,
  noHooks,
  opcodes,
  pickle,
  type PickleSpec,
  Raw,
  text,
  Tuple,
} from "./corpus_pickle.ts";
import type { Case } from "./corpus_read.ts";
import { fields } from "./corpus_zip.ts";

/** A checkpoint of these tensors. */
function tensors(what: string, specs: () => readonly TensorSpec[], error?: RegExp): Case {
  return { what, error, bytes: () => buildTorch({ tensors: specs() }).bytes };
}

/** A checkpoint with its first tensor changed. */
function tensor(what: string, change: Partial<TensorSpec>, error?: RegExp): Case {
  return tensors(what, () => modelTensors().map((spec, i) => i === 0 ? { ...spec, ...change } : spec), error);
}

/** A checkpoint with one more tensor, or something in the place of one. */
function extra(what: string, name: PickleSpec, error: RegExp): Case {
  return tensors(what, () => {
    const all = modelTensors();
    return [...all, { ...all[1], name }];
  }, error);
}

/** A checkpoint with bytes of a pickle in the place of a tensor's hooks, where an object is made by a call. */
function hooks(what: string, spec: PickleSpec, error?: RegExp): Case {
  return tensor(what, { arguments: { 5: spec } }, error);
}

/** A checkpoint whose top level is something else. */
function top(what: string, spec: () => PickleSpec, error?: RegExp): Case {
  return { what, error, bytes: () => buildTorch({ top: spec() }).bytes };
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

/** A checkpoint whose dims have another value. */
function dim(what: string, name: string, value: PickleSpec, error: RegExp): Case {
  const dims = new Dict(DIMS_PAIRS.map(([key, item]) => [key, key === name ? value : item]));
  return { what, error, bytes: () => buildTorch({ dims }).bytes };
}

function stateOf(specs: readonly TensorSpec[]): Dict {
  return new Dict(specs.map((spec) => [spec.name, tensorPickle(spec)]));
}

/** All tensors as views into one storage. */
function sharedStorage(): TensorSpec[] {
  const all = modelTensors();
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
  tensors("float32 tensors", () => modelTensors("float32")),
  tensors("bfloat16 tensors", () => modelTensors("bfloat16")),
  tensors("float64 tensors", () => modelTensors("float64")),
  tensors("tensors that share a storage", sharedStorage),
  tensors("row-major weights", () =>
    modelTensors().map((spec) => {
      const data = store(valuesOf(String(spec.name), spec.shape), "float16");
      return { ...spec, data, strides: rowMajor(spec.shape) };
    })),
  tensor("a tensor that was on a GPU", { persistentId: { 3: "cuda:0" } }),
  tensor("a tensor that requires gradients", { arguments: { 4: true } }),
  tensors(
    "a trained parameter",
    () =>
      modelTensors().map((spec, i) =>
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
    () => new Dict([["model_state_dict", stateOf(modelTensors())], ["dims", dims]]),
  ),
  top("more at the top level, as trainers leave it", () =>
    new Dict([
      ["epoch", 3],
      ["loss", float(0.5)],
      ["history", [1, new Tuple(1, "a"), null]],
      ["dims", dims],
      ["model_state_dict", stateOf(modelTensors())],
    ])),
  top("an OrderedDict with attributes", () => {
    const items = [mark, ...stateOf(modelTensors()).pairs.flatMap((pair) => pair.flatMap(opcodes)), 0x75];
    const metadata = opcodes(new Dict([["_metadata", new Dict([["", new Dict([["version", 1]])]])]]));
    return new Dict([["dims", dims], [
      "model_state_dict",
      new Raw([...noHooks().bytes, ...items, ...metadata, 0x62]),
    ]]);
  }),
  top("a frame around everything, protocol 4", () => {
    const value = opcodes(new Dict([["dims", dims], ["model_state_dict", stateOf(modelTensors())]]));
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

  tensor("a tensor of five values", { arguments: { 5: new Raw([]) } }, /made of 5 values/),
  tensor("a tensor of seven values", { arguments: { 6: new Dict([]) } }, /made of 7 values/),
  tensor("a tensor made of a string", { arguments: { 0: "0" } }, /made of a string/),
  tensor("requires_grad that is a number", { arguments: { 4: 1 } }, /requires_grad is the integer 1/),
  tensor(
    "a persistent id that is a string",
    { arguments: { 0: new Raw([...opcodes("0"), 0x51]) } },
    /persistent id is a string/,
  ),
  tensor(
    "a persistent id of a module",
    { persistentId: { 0: "module" } },
    /must be a tuple that describes a storage/,
  ),
  tensor(
    "a storage type that is a string",
    { persistentId: { 1: "torch.HalfStorage" } },
    /storage's type is a string/,
  ),
  tensor(
    "an integer storage type",
    { persistentId: { 1: new Raw(global("torch", "LongStorage")) } },
    /global "torch\.LongStorage"/,
  ),
  tensor("a storage key that is an integer", { persistentId: { 2: 0 } }, /storage's key is the integer 0/),
  tensor("a storage that is not there", { persistentId: { 2: "999" } }, /"999" is not in the zip/),
  tensor(
    "a storage key that leaves the folder",
    { persistentId: { 2: "../version" } },
    /"\.\.\/version" is not in the zip/,
  ),
  tensor("a storage key with a leading zero", { persistentId: { 2: "00" } }, /"00" is not in the zip/),
  tensor("a storage key __proto__", { persistentId: { 2: "__proto__" } }, /"__proto__" is not in the zip/),
  tensor("a storage location that is None", { persistentId: { 3: null } }, /location is null/),
  tensor("a storage of 2**62 values", { count: 2n ** 62n }, /integer 4611686018427387904/),
  tensor("a storage of -1 values", { count: -1 }, /integer -1/),
  tensor("a storage of 60.0 values", { count: float(60) }, /float 60/),
  tensor("a storage of fewer values than its entry", { count: 59 }, /said to hold 59 values/),
  tensor("a storage of more values than its entry", { count: 61 }, /said to hold 61 values/),
  tensor("an offset past the storage", { arguments: { 1: 1 } }, /does not fit in its storage/),
  tensor("an offset of 2**40", { arguments: { 1: 2n ** 40n } }, /does not fit in its storage/),
  tensor("an offset of 2**64", { arguments: { 1: 2n ** 64n } }, /integer 18446744073709551616/),
  tensor("an offset of -1", { arguments: { 1: -1 } }, /integer -1/),
  tensor("an offset that is True", { arguments: { 1: true } }, /a boolean/),
  tensor("strides that leave the storage", { strides: [15, 3, 2] }, /does not fit in its storage/),
  tensor(
    "a stride of 2**64 + 1",
    { arguments: { 3: new Tuple(15, 3, 2n ** 64n + 1n) } },
    /integer 18446744073709551617/,
  ),
  tensor(
    "strides of 0 over a larger shape",
    { shape: [1000, 1000, 1000], strides: [0, 0, 0] },
    /does not fit in its storage/,
  ),
  tensor(
    "sizes whose product is not exact",
    { shape: [2 ** 26, 2 ** 26, 2 ** 26], strides: [0, 0, 0] },
    /does not fit/,
  ),
  tensor("a negative stride", { strides: [15, 3, -1] }, /integer -1/),
  tensor("fewer strides than sizes", { strides: [15, 3] }, /3 sizes and 2 strides/),
  tensor("strides that are None", { arguments: { 3: null } }, /strides is null/),
  tensor("two negative sizes", { shape: [-4, -5, 3] }, /integer -4/),
  tensor("a shape that is an integer", { arguments: { 2: 60 } }, /shape is the integer 60/),
  tensor(
    "a shape of nine sizes",
    { shape: new Array(9).fill(1), strides: new Array(9).fill(1) },
    /the limit is 8/,
  ),
  tensor("a size that is a string", { arguments: { 2: new Tuple("4", 5, 3) } }, /a string/),
  tensor(
    "a tensor of another shape",
    { shape: [4, 3, 5] },
    /shape \(4,3,5\), the dimensions ask for \(4,5,3\)/,
  ),
  tensor("an integer for a tensor", { replacement: 1 }, /is the integer 1, it must be a tensor/),
  tensor("a list for a tensor", { replacement: [1, 2] }, /is a list, it must be a tensor/),
  tensor(
    "a global for a tensor",
    { replacement: new Raw(global("torch", "HalfStorage")) },
    /is a TorchStorageType/,
  ),

  extra("one tensor too many", "decoder.mask", /has tensor "decoder\.mask", which/),
  extra("a tensor with a leading zero in its name", "decoder.blocks.00.mlp_ln.weight", /blocks\.00\.mlp_ln/),
  extra("a tensor named __proto__", "__proto__", /"__proto__"/),
  extra("a tensor named constructor", "constructor", /"constructor"/),
  extra("a tensor whose name is an integer", 7, /name is the integer 7/),
  extra("a tensor whose name is None", null, /key is null/),
  extra("a tensor that comes twice", "encoder.conv1.weight", /key "encoder\.conv1\.weight" twice/),
  tensors("one tensor too few", () => modelTensors().slice(1), /has no tensor "encoder\.conv1\.weight"/),
  tensors(
    "names of a DataParallel model",
    () => modelTensors().map((spec) => ({ ...spec, name: `module.${spec.name}` })),
    /has no tensor .* and \d+ more/,
  ),
  top("a list at the top level", () => [1], /holds a list/),
  top("no dims", () => new Dict([["model_state_dict", stateOf(modelTensors())]]), /has no dims/),
  top("no state dict", () => new Dict([["dims", dims]]), /has no model_state_dict/),
  top(
    "dims that are None",
    () => new Dict([["dims", null], ["model_state_dict", new Dict([])]]),
    /dims is null/,
  ),
  top(
    "a state dict that is a list",
    () => new Dict([["dims", dims], ["model_state_dict", []]]),
    /model_state_dict is a list/,
  ),
  top(
    "a top level that holds itself",
    () => new Raw([0x7d, 0x71, 0, ...opcodes("a"), 0x68, 0, 0x73]),
    /"a" is a dict/,
  ),
  top(
    "dims inside __proto__",
    () => new Dict([["__proto__", new Dict([["dims", dims]])]]),
    /"__proto__" is a dict/,
  ),

  dim(
    "a dimension that is missing",
    "n_vocab",
    new Raw([...opcodes(10), ...opcodes("n_foo"), ...opcodes(1)]),
    /"n_foo"/,
  ),
  dim("a float dimension", "n_mels", float(5), /n_mels is the float 5/),
  dim("a NaN dimension", "n_mels", float(NaN), /n_mels is the float NaN/),
  dim("a boolean dimension", "n_audio_layer", true, /n_audio_layer is a boolean/),
  dim("a string dimension", "n_mels", "5", /n_mels is a string/),
  dim("a dimension of 0", "n_text_head", 0, /n_text_head is the integer 0/),
  dim("a negative dimension", "n_audio_layer", -1, /n_audio_layer is the integer -1/),
  dim("a dimension of a billion", "n_audio_layer", 1_000_000_000, /from 1 to 1048576/),
  dim("a million layers", "n_text_layer", 1_000_000, /the limit is 256/),
  dim("a dimension of 2**64 + 10", "n_vocab", 2n ** 64n + 10n, /integer 18446744073709551626/),
  dim("heads that do not divide the width", "n_text_head", 3, /does not divide n_text_state/),
  dim("more heads than the width", "n_audio_head", 8, /does not divide n_audio_state/),
  dim("another width than the tensors", "n_audio_state", 8, /attends to the encoder in one width/),
  dim(
    "another vocabulary than the tensors",
    "n_vocab",
    11,
    /shape \(10,4\), the dimensions ask for \(11,4\)/,
  ),
  dim("another number of layers than the tensors", "n_text_layer", 1, /which its dimensions do not ask for/),
  top(
    "dims without an entry",
    () => new Dict([["dims", noHooks()], ["model_state_dict", stateOf(modelTensors())]]),
    /n_mels is missing/,
  ),
  top("a bare state dict", () => stateOf(modelTensors())),
  dataPkl("a state dict of nothing", [...pickle(new Dict([]))], /"encoder\.positional_embedding" is missing/),
];

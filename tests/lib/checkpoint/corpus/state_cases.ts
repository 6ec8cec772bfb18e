/**
 * Pickles that are sound, but describe tensors that are not there, no Whisper model, or two at once.
 */
import { stateOf, tensor, tensors, top } from "./cases.ts";
import { buildTorch, DIMS_PAIRS, unwrapTensors } from "./model.ts";
import { Dict, float, global, noHooks, opcodes, type PickleSpec, Raw, Tuple } from "./pickle.ts";
import type { Case } from "./read.ts";

/** A checkpoint with one more tensor, or something in the place of one. */
function extra(what: string, name: PickleSpec, error: RegExp): Case {
  return tensors(what, () => {
    const all = unwrapTensors();
    return [...all, { ...all[1], name }];
  }, error);
}

/** A checkpoint whose dims have another value. */
function dim(what: string, name: string, value: PickleSpec, error: RegExp): Case {
  const dims = new Dict(DIMS_PAIRS.map(([key, item]) => [key, key === name ? value : item]));
  return { what, error, bytes: () => buildTorch({ dims }).bytes };
}

const dims = new Dict(DIMS_PAIRS);

export const STATE_CASES: readonly Case[] = [
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
    /said to hold 60 values of int64, but has 120 bytes/,
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
  tensors("one tensor too few", () => unwrapTensors().slice(1), /has no tensor "encoder\.conv1\.weight"/),
  top("a list at the top level", () => [1], /holds a list/),
  top("no dims", () => new Dict([["model_state_dict", stateOf(unwrapTensors())]]), /has no dims/),
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
    () => new Dict([["dims", noHooks()], ["model_state_dict", stateOf(unwrapTensors())]]),
    /n_mels is missing/,
  ),
  top("a bare state dict", () => stateOf(unwrapTensors())),
  top("a state dict of nothing", () => new Dict([]), /"encoder\.positional_embedding" is missing/),
];

/**
 * Checkpoints as trainers leave them: names behind those of wrappers, and much beside the model.
 */
import { buildTorch, DIMS_PAIRS, store, tensorPickle, type TensorSpec, unwrapTensors } from "./model.ts";
import { call, Dict, float, global, noHooks, opcodes, type PickleSpec, Raw, Tuple } from "./pickle.ts";
import type { Case } from "./read.ts";

/** A file with these tensors in its zip and this at its top. */
function saved(
  what: string,
  make: (state: Dict) => PickleSpec,
  { error, tensors = unwrapTensors() }: { error?: RegExp; tensors?: readonly TensorSpec[] } = {},
): Case {
  const state = new Dict(tensors.map((spec) => [spec.name, tensorPickle(spec)]));
  return { what, error, bytes: () => buildTorch({ tensors, top: make(state) }).bytes };
}

/** The model under other names. */
function renamed(rename: (name: string) => string): TensorSpec[] {
  return unwrapTensors().map((spec) => ({ ...spec, name: rename(String(spec.name)) }));
}

/** One more tensor, of values of no weight. */
function other(name: string, type: string, bytesPerValue: number, count = 8): TensorSpec {
  return {
    name,
    shape: [count],
    strides: [1],
    data: new Uint8Array(count * bytesPerValue).fill(1),
    dtype: "float16",
    key: `9${name.length}`,
    offset: 0,
    count,
    persistentId: { 1: new Raw(global("torch", type)) },
  };
}

/** A tensor of the values of a model's weight. */
function weight(name: string, shape: readonly number[]): TensorSpec {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = store(new Float32Array(count), "float16");
  return { name, shape, strides: [1], data, dtype: "float16", key: `8${name.length}`, offset: 0, count };
}

/** A NumPy array as protocol 2 has it: remade, then given its attributes. */
function numpyArray(module = "numpy.core.multiarray"): Raw {
  const bytes = call("_codecs", "encode", "\u0001\u00ff", "latin1");
  const dtype = new Raw([
    ...call("numpy", "dtype", "u4", false, true).bytes,
    ...opcodes(new Tuple(3, "<", null, null, null, -1, -1, 0)),
    0x62,
  ]);
  const empty = call(module, "_reconstruct", new Raw(global("numpy", "ndarray")), new Tuple(0), bytes);
  return new Raw([...empty.bytes, ...opcodes(new Tuple(1, new Tuple(624), dtype, false, bytes)), 0x62]);
}

const dims = new Dict(DIMS_PAIRS);
const withState = (key: string) => (state: Dict) => new Dict([["epoch", 3], [key, state]]);

export const TRAINER_CASES: readonly Case[] = [
  ...["module.", "_orig_mod.", "model.", "module._orig_mod.", "model._orig_mod.module.", "whisper.model."]
    .map(
      (prefix) =>
        saved(`names behind ${prefix}`, withState("state_dict"), {
          tensors: renamed((name) => prefix + name),
        }),
    ),
  saved(
    "names behind module. beside dims",
    (state) => new Dict([["dims", dims], ["model_state_dict", state]]),
    {
      tensors: renamed((name) => `module.${name}`),
    },
  ),
  saved("wrappers inside names", withState("state_dict"), {
    tensors: renamed((name) => `model.${name.replace(/blocks\.(\d)\./, "blocks.$1._orig_mod.")}`),
  }),
  ...["model_state_dict", "state_dict", "model", "module"].map((key) =>
    saved(`a state dict called ${key}`, withState(key))
  ),
  saved("whole numbers beside the weights", withState("state_dict"), {
    tensors: [
      ...unwrapTensors(),
      other("steps", "LongStorage", 8),
      other("counts", "IntStorage", 4),
      other("mask", "BoolStorage", 1),
      other("generator", "ByteStorage", 1, 5056),
    ],
  }),
  saved("another module's weights beside the model", withState("state_dict"), {
    tensors: [...renamed((name) => `model.${name}`), weight("loss.weight", [4]), weight("loss.empty", [0])],
  }),
  saved("a whole training run", (state) =>
    new Dict([
      ["epoch", 3],
      ["loss", call("numpy.core.multiarray", "scalar", call("numpy", "dtype", "f8"), "x")],
      ["generators", new Dict([["numpy", new Tuple("MT19937", numpyArray(), 624, 0, float(0))]])],
      ["newer", numpyArray("numpy._core.multiarray")],
      ["state_dict", state],
      ["optimizer_states", [new Dict([["state", new Dict([[0, new Dict([["step", 7]])]])]])]],
      ["hooks", noHooks()],
    ])),

  saved("one model twice", withState("state_dict"), {
    tensors: [
      ...renamed((name) => `student.${name}`),
      ...renamed((name) => `teacher.${name}`).map((spec) => ({ ...spec, key: `${1000 + Number(spec.key)}` })),
    ],
    error: /two tensors for "encoder\.conv1\.weight".* save the one model alone/,
  }),
  saved("two names that are one without wrappers", withState("state_dict"), {
    tensors: [...unwrapTensors(), { ...unwrapTensors()[1], name: "module.encoder.conv1.bias" }],
    error: /two tensors for "encoder\.conv1\.bias"/,
  }),
  saved("a tensor too many behind model.", withState("state_dict"), {
    tensors: [...renamed((name) => `model.${name}`), weight("model.decoder.mask", [4])],
    error: /has tensor "decoder\.mask", which/,
  }),
  saved("a weight of whole numbers", withState("state_dict"), {
    tensors: unwrapTensors().map((spec) =>
      spec.name === "decoder.ln.bias" ? { ...other("steps", "LongStorage", 8, 4), name: spec.name } : spec
    ),
    error: /"decoder\.ln\.bias" has dtype "int64", no floating-point type/,
  }),
  saved("an adapter alone", withState("state_dict"), {
    tensors: ["lora_A", "lora_B"].map((name) =>
      weight(`base_model.model.model.encoder.layers.0.self_attn.q_proj.${name}.weight`, [4])
    ),
    error: /it is a LoRA adapter alone, .* merge it \(merge_and_unload\)/,
  }),
  saved("a model with an adapter in it", withState("state_dict"), {
    tensors: [...unwrapTensors(), weight("decoder.blocks.0.attn.query.lora_A.default.weight", [4])],
    error: /it has LoRA weights that are not merged, .* merge it \(merge_and_unload\)/,
  }),
  saved("model_state_dict without dims", (state) => new Dict([["model_state_dict", state]]), {
    error: /has no dims/,
  }),
  saved("dims beside a state_dict", (state) => new Dict([["dims", dims], ["state_dict", state]]), {
    error: /has no model_state_dict/,
  }),
  saved("a pickled module", () => new Raw(global("whisper.model", "Whisper")), {
    error: /global "whisper\.model\.Whisper", which is not allowed: save the model's state dict alone/,
  }),
  saved(
    "settings that are an object",
    (state) =>
      new Dict([["args", new Raw([...global("argparse", "Namespace"), 0x29, 0x81])], ["state_dict", state]]),
    {
      error: /global "argparse\.Namespace", which is not allowed/,
    },
  ),
  saved("a call of an array", (state) => new Dict([["x", call("numpy", "ndarray")], ["state_dict", state]]), {
    error: /calls the class ndarray/,
  }),
  saved(
    "an array in the place of a tensor",
    () => new Dict([["state_dict", new Dict([["encoder.x", numpyArray()]])]]),
    {
      error: /"encoder\.x" is a NumPy array, it must be a tensor/,
    },
  ),
];

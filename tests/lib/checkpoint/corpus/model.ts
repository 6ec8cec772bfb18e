/**
 * A Whisper model of a few hundred values, written as `torch.save` and safetensors files that can be made to
 * lie. Heads are not 64 wide and sizes are not the official ones: a reader must not insist on either.
 */
import { tensorShapes } from "../../../../lib/checkpoint/format/state_dict.ts";
import type { ModelDimensions } from "../../../../lib/checkpoint/types.ts";
import { call, Dict, global, noHooks, pickle, type PickleSpec, Raw, Tuple } from "./pickle.ts";
import { buildZip, type BuiltZip, type ZipFile, type ZipOptions } from "./zip.ts";

/** The dimensions of the model. */
export const DIMS: ModelDimensions = {
  nMels: 5,
  nAudioCtx: 6,
  nAudioState: 4,
  nAudioHead: 1,
  nAudioLayer: 1,
  nVocab: 10,
  nTextCtx: 7,
  nTextState: 4,
  nTextHead: 1,
  nTextLayer: 2,
};

/** `dims` as a checkpoint has them. */
export const DIMS_PAIRS: readonly (readonly [string, number])[] = [
  ["n_mels", DIMS.nMels],
  ["n_vocab", DIMS.nVocab],
  ["n_audio_ctx", DIMS.nAudioCtx],
  ["n_audio_state", DIMS.nAudioState],
  ["n_audio_head", DIMS.nAudioHead],
  ["n_audio_layer", DIMS.nAudioLayer],
  ["n_text_ctx", DIMS.nTextCtx],
  ["n_text_state", DIMS.nTextState],
  ["n_text_head", DIMS.nTextHead],
  ["n_text_layer", DIMS.nTextLayer],
];

/** How values are stored. */
export type Dtype = "float16" | "float32" | "bfloat16" | "float64";

const STORAGE_TYPES: Readonly<Record<Dtype, string>> = {
  float16: "HalfStorage",
  float32: "FloatStorage",
  bfloat16: "BFloat16Storage",
  float64: "DoubleStorage",
};

/** The values of a tensor, row-major. Each is exact in every dtype. */
export function valuesOf(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const seed = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, i) => ((seed + i * 7) % 64 - 32) / 8);
}

/** Stores values. */
export function store(values: Float32Array, dtype: Dtype): Uint8Array<ArrayBuffer> {
  if (dtype === "float16") return new Uint8Array(new Float16Array(values).buffer);
  if (dtype === "float32") return new Uint8Array(new Float32Array(values).buffer);
  if (dtype === "float64") return new Uint8Array(new Float64Array(values).buffer);
  const bits = new Uint32Array(new Float32Array(values).buffer);
  return new Uint8Array(Uint16Array.from(bits, (value) => value >>> 16).buffer);
}

/** A tensor as it is written: what a case wants to lie about it overrides. */
export interface TensorSpec {
  readonly name: PickleSpec;
  readonly shape: readonly number[];
  /** The bytes of its storage. */
  readonly data: Uint8Array;
  readonly dtype: Dtype;
  /** The key of its storage: tensors with the same share one. */
  readonly key: string;
  readonly strides: readonly number[];
  readonly offset: number;
  /** The number of values its storage is said to have. */
  readonly count: PickleSpec;
  /** Replaces the arguments of `_rebuild_tensor_v2`, by position. */
  readonly arguments?: Readonly<Record<number, PickleSpec>>;
  /** Replaces the items of the persistent id, by position. */
  readonly persistentId?: Readonly<Record<number, PickleSpec>>;
  /** Replaces the whole tensor. */
  readonly replacement?: PickleSpec;
}

/** The tensors of the model, linear weights column-major as in official files. */
export function unwrapTensors(dtype: Dtype = "float16", dims: ModelDimensions = DIMS): TensorSpec[] {
  return [...tensorShapes(dims)].map(([name, shape], i) => {
    const values = valuesOf(name, shape);
    const isLinear = shape.length === 2 && /(query|key|value|out|mlp\.\d)\.weight$/.test(name);
    const data = store(isLinear ? transpose(values, shape[0], shape[1]) : values, dtype);
    const strides = isLinear ? [1, shape[0]] : rowMajor(shape);
    return { name, shape, data, dtype, key: String(i), strides, offset: 0, count: values.length };
  });
}

/** The strides of a row-major tensor. */
export function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

/** The pickle of a tensor. */
export function tensorPickle(tensor: TensorSpec): PickleSpec {
  if (tensor.replacement !== undefined) return tensor.replacement;
  const type = new Raw(global("torch", STORAGE_TYPES[tensor.dtype]));
  const id: PickleSpec[] = ["storage", type, tensor.key, "cpu", tensor.count];
  for (const [i, item] of Object.entries(tensor.persistentId ?? {})) id[Number(i)] = item;
  const storage = new Raw([...pickle(new Tuple(...id)).slice(2, -1), 0x51]);
  const args: PickleSpec[] = [
    storage,
    tensor.offset,
    new Tuple(...tensor.shape),
    new Tuple(...tensor.strides),
    false,
    noHooks(),
  ];
  for (const [i, item] of Object.entries(tensor.arguments ?? {})) args[Number(i)] = item;
  return call("torch._utils", "_rebuild_tensor_v2", ...args);
}

/** How a checkpoint differs from an official one. */
export interface TorchOptions extends ZipOptions {
  readonly tensors?: readonly TensorSpec[];
  readonly dims?: PickleSpec;
  /** Replaces the whole dict. */
  readonly top?: PickleSpec;
  /** Replaces the bytes of `data.pkl`. */
  readonly dataPkl?: (bytes: Uint8Array) => Uint8Array;
  /** The folder in the zip. @default {"archive"} */
  readonly prefix?: string;
  /** Records to add, or to leave out (undefined). */
  readonly records?: Readonly<Record<string, string | undefined>>;
  /** Files to add, with whole names. */
  readonly more?: readonly ZipFile[];
}

/** Builds a checkpoint as `torch.save` writes it. */
export function buildTorch(options: TorchOptions = {}): BuiltZip {
  const { tensors = unwrapTensors(), prefix = "archive", dims = new Dict(DIMS_PAIRS) } = options;
  const state = new Dict(tensors.map((tensor) => [tensor.name, tensorPickle(tensor)]));
  const top = options.top ?? new Dict([["dims", dims], ["model_state_dict", state]]);
  const dataPkl = pickle(top);
  const storages = new Map(tensors.map(({ key, data }) => [key, data]));
  const files = new Map<string, Uint8Array>([
    [`${prefix}/data.pkl`, options.dataPkl?.(dataPkl) ?? dataPkl],
    ...[...storages].sort(([a], [b]) => a < b ? -1 : 1).map(([key, data]) =>
      [`${prefix}/data/${key}`, data] as const
    ),
  ]);
  for (const [name, text] of Object.entries({ version: "3\n", ...options.records })) {
    if (text !== undefined) files.set(`${prefix}/${name}`, new TextEncoder().encode(text));
  }
  const all = [...files].map(([name, data]) => ({ name, data }));
  return buildZip([...all, ...options.more ?? []], options);
}

/** A tensor's entry in a safetensors header. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** How a safetensors file differs from a right one. */
export interface SafetensorsOptions {
  /** Changes the header's entries. */
  readonly entries?: (entries: Map<string, unknown>) => void;
  /** Changes the header's text. */
  readonly header?: (text: string) => string;
  /** The header's length as the file says it. */
  readonly length?: (length: bigint) => bigint;
  /** Changes the whole file. */
  readonly file?: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** Gives tensors other names, or drops them (undefined). */
  readonly rename?: (name: string) => string | undefined;
  /** Tensors to add. */
  readonly more?: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly dtype?: Dtype;
  readonly dims?: ModelDimensions;
}

const SAFETENSORS_DTYPES: Readonly<Record<Dtype, string>> = {
  float16: "F16",
  float32: "F32",
  bfloat16: "BF16",
  float64: "F64",
};

/** Builds a safetensors file of the model. */
export function buildSafetensors(options: SafetensorsOptions = {}): Uint8Array<ArrayBuffer> {
  const { dtype = "float16", rename = (name: string) => name, dims = DIMS } = options;
  const tensors = [
    ...[...tensorShapes(dims)].map(([name, shape]) => ({
      name: rename(name),
      shape,
      values: valuesOf(name, shape),
    })),
    ...(options.more ?? []).map(({ name, shape }) => ({ name, shape, values: valuesOf(name, shape) })),
  ];
  const entries = new Map<string, unknown>([["__metadata__", { format: "pt" }]]);
  const data: number[] = [];
  for (const { name, shape, values } of tensors) {
    if (name === undefined) continue;
    const begin = data.length;
    data.push(...store(values, dtype));
    entries.set(name, { dtype: SAFETENSORS_DTYPES[dtype], shape, data_offsets: [begin, data.length] });
  }
  options.entries?.(entries);
  const text = `{${
    [...entries].map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join()
  }}`;
  const header = new TextEncoder().encode(options.header?.(text) ?? text);
  const length = options.length?.(BigInt(header.length)) ?? BigInt(header.length);
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, length), true);
  bytes.set(header, 8);
  bytes.set(data, 8 + header.length);
  return options.file?.(bytes) ?? bytes;
}

/** Hugging Face's name of a tensor of the model. */
export function huggingFaceName(name: string): string {
  return "model." + name
    .replace("token_embedding", "embed_tokens")
    .replace("positional_embedding", "embed_positions.weight")
    .replace("ln_post", "layer_norm")
    .replace("decoder.ln.", "decoder.layer_norm.")
    .replace("blocks", "layers")
    .replace(".cross_attn_ln", ".encoder_attn_layer_norm")
    .replace(".attn_ln", ".self_attn_layer_norm")
    .replace(".cross_attn", ".encoder_attn")
    .replace(".attn.", ".self_attn.")
    .replace(".query.", ".q_proj.")
    .replace(".key.", ".k_proj.")
    .replace(".value.", ".v_proj.")
    .replace(".out.", ".out_proj.")
    .replace("mlp.0", "fc1")
    .replace("mlp.2", "fc2")
    .replace("mlp_ln", "final_layer_norm");
}

/** `config.json` of the model as `transformers` writes it. */
export function huggingFaceConfig(dims: ModelDimensions = DIMS): Record<string, unknown> {
  return {
    model_type: "whisper",
    activation_function: "gelu",
    scale_embedding: false,
    d_model: dims.nAudioState,
    num_mel_bins: dims.nMels,
    vocab_size: dims.nVocab,
    max_source_positions: dims.nAudioCtx,
    max_target_positions: dims.nTextCtx,
    encoder_layers: dims.nAudioLayer,
    encoder_attention_heads: dims.nAudioHead,
    decoder_layers: dims.nTextLayer,
    decoder_attention_heads: dims.nTextHead,
  };
}

/**
 * Whisper as Hugging Face's `transformers` saves it (`WhisperForConditionalGeneration.save_pretrained`): its
 * names of tensors, its configuration and its generation configuration. Pure; the folder is opened elsewhere.
 */
import { checkDimensions, dimension, mapDimensions } from "./dimensions.ts";
import { MAX_SHARDS } from "./limits.ts";
import { quote, refuse } from "./refuse.ts";
import type { AlignmentHead, Checkpoint, ModelDimensions, TensorEntry } from "../types.ts";
import { DictValue, isIndex, kindOf } from "./values.ts";

/** The key of each dimension in `config.json`. */
const CONFIG_KEYS: Readonly<Record<keyof ModelDimensions, string>> = {
  nMels: "num_mel_bins",
  nAudioCtx: "max_source_positions",
  nAudioState: "d_model",
  nAudioHead: "encoder_attention_heads",
  nAudioLayer: "encoder_layers",
  nVocab: "vocab_size",
  nTextCtx: "max_target_positions",
  nTextState: "d_model",
  nTextHead: "decoder_attention_heads",
  nTextLayer: "decoder_layers",
};

/** Parts of names, theirs and openai/whisper's, in the order in which they are replaced. */
const NAME_PARTS: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/^model\./, ""],
  [/^(encoder|decoder)\.embed_positions\.weight$/, "$1.positional_embedding"],
  [/^decoder\.embed_tokens\./, "decoder.token_embedding."],
  [/^encoder\.layer_norm\./, "encoder.ln_post."],
  [/^decoder\.layer_norm\./, "decoder.ln."],
  [/^(encoder|decoder)\.layers\./, "$1.blocks."],
  [/\.self_attn(_layer_norm)?\./, ".attn$1."],
  [/\.encoder_attn(_layer_norm)?\./, ".cross_attn$1."],
  [/attn_layer_norm\./, "attn_ln."],
  [/\.q_proj\./, ".query."],
  [/\.k_proj\./, ".key."],
  [/\.v_proj\./, ".value."],
  [/\.out_proj\./, ".out."],
  [/\.fc1\./, ".mlp.0."],
  [/\.fc2\./, ".mlp.2."],
  [/\.final_layer_norm\./, ".mlp_ln."],
];

/** The output projection: the token embedding under another name. */
const OUTPUT_PROJECTION = "proj_out.weight";

/** What `config.json` says. */
export interface HuggingFaceConfig {
  readonly dims: ModelDimensions;
  /** Whether the output projection is the token embedding, as in every published model. */
  readonly tied: boolean;
}

/** Tells whether tensors have Hugging Face's names. */
export function hasHuggingFaceNames(tensors: ReadonlyMap<string, TensorEntry>): boolean {
  return [...tensors.keys()].some((name) => name.includes("coder.layers."));
}

/**
 * Gives tensors openai/whisper's names, and drops the output projection if it is the token embedding.
 *
 * @param tied Whether an output projection with bytes of its own is the token embedding all the same.
 * @throws {CheckpointFormatError} when it is not, or two names become one.
 */
export function renameTensors(
  tensors: ReadonlyMap<string, TensorEntry>,
  tied: boolean,
): Map<string, TensorEntry> {
  const renamed = new Map<string, TensorEntry>();
  for (const [name, entry] of tensors) {
    const ours = NAME_PARTS.reduce((name, [theirs, ours]) => name.replace(theirs, ours), name);
    if (renamed.has(ours)) refuse(`the model has two tensors for ${quote(ours)}, one is ${quote(name)}`);
    renamed.set(ours, entry);
  }
  const projection = renamed.get(OUTPUT_PROJECTION);
  const embedding = renamed.get("decoder.token_embedding.weight");
  if (projection === undefined || embedding === undefined) return renamed;
  const same = projection.file === embedding.file && projection.offset === embedding.offset;
  const sameShape = String(projection.shape) === String(embedding.shape);
  if (!sameShape || !(same || tied)) {
    refuse(`${OUTPUT_PROJECTION} is not the token embedding: Whisper has one for both`, projection.offset);
  }
  renamed.delete(OUTPUT_PROJECTION);
  return renamed;
}

/**
 * Takes what matters out of `config.json`.
 *
 * @throws {CheckpointFormatError} when it is not that of a Whisper model.
 */
export function readConfig(json: unknown): HuggingFaceConfig {
  const config = objectOf(json, "config.json");
  expectValue(config, "model_type", "whisper");
  expectValue(config, "activation_function", "gelu");
  expectValue(config, "scale_embedding", false);
  const value = (key: keyof ModelDimensions): number =>
    dimension(config.get(CONFIG_KEYS[key]), CONFIG_KEYS[key]);
  const tied = config.get("tie_word_embeddings") ?? true;
  if (typeof tied !== "boolean") refuse(`tie_word_embeddings is ${kindOf(tied)}, it must be a boolean`);
  return { dims: checkDimensions(mapDimensions(value), CONFIG_KEYS), tied };
}

/**
 * Takes alignment heads and suppressed tokens out of `generation_config.json`.
 *
 * Heads that the model does not have are left out, all of them: a distilled model's file often has the heads
 * of its teacher, and then none of them means anything.
 *
 * @throws {CheckpointFormatError} when they are not lists of integers, or not of this vocabulary.
 */
export function readGenerationConfig(
  json: unknown,
  dims: ModelDimensions,
): Pick<Checkpoint, "alignmentHeads" | "suppressTokens" | "beginSuppressTokens"> {
  const config = objectOf(json, "generation_config.json");
  const heads = listOf(config, "alignment_heads")?.map(alignmentHead);
  const fits = heads?.every(([layer, head]) => layer < dims.nTextLayer && head < dims.nTextHead);
  return {
    alignmentHeads: heads?.length && fits ? heads : undefined,
    suppressTokens: tokensOf(config, "suppress_tokens", dims),
    beginSuppressTokens: tokensOf(config, "begin_suppress_tokens", dims),
  };
}

/** The name of the model that an adapter was made for, out of `adapter_config.json`, if it is there. */
export function adapterBase(json: unknown): string | undefined {
  const base = objectOf(json, "adapter_config.json").get("base_model_name_or_path");
  return typeof base === "string" && base !== "" ? base : undefined;
}

/**
 * Takes the file of each tensor out of `model.safetensors.index.json` or `pytorch_model.bin.index.json`.
 *
 * @throws {CheckpointFormatError} when a file is not named by a plain name, or there are too many.
 */
export function readShardIndex(json: unknown): Map<string, string> {
  const map = objectOf(objectOf(json, "the index").get("weight_map"), "weight_map");
  const files = new Map<string, string>();
  for (const [name, file] of map) {
    if (typeof file !== "string") {
      refuse(`the file of ${quote(String(name))} is ${kindOf(file)}, it must be a string`);
    }
    // A name with a separator could lead out of the folder.
    if (!/^[\w.-]+\.(safetensors|bin)$/.test(file) || file.startsWith(".")) {
      refuse(`the index names the file ${quote(file)}, which is no plain name of a shard`);
    }
    files.set(String(name), file);
  }
  const count = new Set(files.values()).size;
  if (count === 0 || count > MAX_SHARDS) {
    refuse(`the index names ${count} files, it must be 1 to ${MAX_SHARDS}`);
  }
  return files;
}

function objectOf(value: unknown, what: string): DictValue {
  return value instanceof DictValue ? value : refuse(`${what} is ${kindOf(value)}, it must be an object`);
}

/** Checks that a key, if it is there, has the one value this model code knows. */
function expectValue(config: DictValue, key: string, wanted: unknown): void {
  const value = config.get(key);
  if (value === wanted || (value === undefined && key !== "model_type")) return;
  const found = typeof value === "string" ? quote(value) : kindOf(value);
  refuse(`${key} in config.json is ${found}, it must be ${JSON.stringify(wanted)}`);
}

function listOf(config: DictValue, key: string): unknown[] | undefined {
  const value = config.get(key) ?? undefined;
  return value === undefined || Array.isArray(value)
    ? value
    : refuse(`${key} is ${kindOf(value)}, it must be a list`);
}

function alignmentHead(value: unknown): AlignmentHead {
  const [layer, head] = Array.isArray(value) && value.length === 2 ? value : [];
  if (isIndex(layer) && isIndex(head)) return [layer, head];
  return refuse("alignment_heads must be a list of pairs [layer, head]");
}

function tokensOf(config: DictValue, key: string, dims: ModelDimensions): number[] | undefined {
  return listOf(config, key)?.map((token) => {
    if (isIndex(token) && token < dims.nVocab) return token;
    return refuse(`${key} has ${kindOf(token)}, which is no token of a vocabulary of ${dims.nVocab}`);
  });
}

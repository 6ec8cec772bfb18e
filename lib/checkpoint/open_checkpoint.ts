/**
 * Opens the files of a checkpoint and reads what they hold, but no weight. The files stay open until the
 * result is disposed, so that what was checked can be compared with what a path leads to later.
 */
import { stat } from "node:fs/promises";
import { fileKind, HEAD_BYTES, kindName } from "./format/file_kind.ts";
import {
  adapterBase,
  readConfig,
  readGenerationConfig,
  readShardIndex,
  renameTensors,
} from "./format/hugging_face.ts";
import { parseJson, parseJsonMember } from "./format/json.ts";
import { MAX_JSON_BYTES, MAX_TOKENIZER_BYTES } from "./format/limits.ts";
import type { StoredTensor } from "./format/stored_tensor.ts";
import { howToMerge, unwrapTensors } from "./format/unwrap_tensors.ts";
import { quote, refuse, withPath } from "./format/refuse.ts";
import { readSafetensors } from "./format/safetensors.ts";
import { specialTokensOf, type TokenTexts, tokenTexts } from "./format/special_tokens.ts";
import { checkpointOf, checkpointOfTensors } from "./format/state_dict.ts";
import { readTorchFile, type TorchContents } from "./format/torch/torch_checkpoint.ts";
import { type CheckpointFile, OpenFiles } from "./open_files.ts";
import type { Checkpoint } from "./types.ts";

/** A checkpoint with its files held open. Whoever opened it disposes it. */
export interface OpenCheckpoint extends AsyncDisposable {
  readonly checkpoint: Checkpoint;
  /** The files the tensors are in: `TensorEntry.file` counts here. */
  readonly files: readonly CheckpointFile[];
  /**
   * Checks that every path still leads to the file that was opened, and that it did not change since.
   *
   * @throws {CheckpointFormatError} when one does not.
   */
  assertUnchanged(): Promise<void>;
}

/** The files a folder's weights are looked for in, in the order in which they are preferred. */
const WEIGHT_FILES = ["model.safetensors", "pytorch_model.bin"];

/**
 * Opens a checkpoint: a file of `torch.save`, a safetensors file, or a folder that `transformers` saved, its
 * weights in one file or in shards. What a file is, its content tells. Requires `--allow-read` permission.
 *
 * @throws {CheckpointFormatError} when it is damaged or is not a Whisper model.
 */
export async function openCheckpoint(
  path: string,
  options: { signal?: AbortSignal } = {},
): Promise<OpenCheckpoint> {
  const opened = new OpenFiles(options.signal);
  try {
    const checkpoint = await readPath(opened, path);
    return {
      checkpoint,
      files: opened.files,
      assertUnchanged: () => opened.assertUnchanged(),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw withPath(error, path);
  }
}

async function readPath(opened: OpenFiles, path: string): Promise<Checkpoint> {
  if ((await stat(path)).isDirectory()) return await readFolder(opened, path);
  const { dims, tensors } = await readWeights(opened, path);
  return dims ? checkpointOf(unwrapTensors(tensors), dims) : checkpointOfTensors(unwrapTensors(tensors));
}

/** Reads the tensors of one file, which gets the next index. */
async function readWeights(opened: OpenFiles, path: string): Promise<TorchContents> {
  try {
    const index = opened.files.length;
    const { read, size } = await opened.open(path);
    const kind = fileKind(await read(0, Math.min(size, HEAD_BYTES)));
    if (kind === "torch" || kind === "torch-legacy") {
      const contents = await readTorchFile(read, size, index);
      opened.files[index].payloads = contents.payloads ?? [];
      return contents;
    }
    if (kind === "safetensors" || (kind === undefined && path.endsWith(".safetensors"))) {
      return { tensors: await readSafetensors(read, size, index) };
    }
    return refuse(`the file is ${kindName(kind)}`);
  } catch (error) {
    throw withPath(error, path);
  }
}

async function readFolder(opened: OpenFiles, folder: string): Promise<Checkpoint> {
  const json = await readJson(folder, "config.json");
  if (json === undefined) {
    await refuseAdapter(folder);
    refuse("a folder without config.json, wanted is a file or a folder that transformers saved");
  }
  const { dims, tied } = readConfig(json);
  const tensors = renameTensors(unwrapTensors(await readFolderWeights(opened, folder)), tied);
  const checkpoint = checkpointOf(tensors, dims);
  const generation = await readJson(folder, "generation_config.json");
  const specialTokens = specialTokensOf(await readTokenTexts(folder), generation, dims);
  return {
    ...checkpoint,
    ...(generation !== undefined && readGenerationConfig(generation, dims)),
    ...(specialTokens !== undefined && { specialTokens }),
  };
}

async function readFolderWeights(
  opened: OpenFiles,
  folder: string,
): Promise<ReadonlyMap<string, StoredTensor>> {
  for (const name of WEIGHT_FILES) {
    if (await exists(`${folder}/${name}`)) return (await readWeights(opened, `${folder}/${name}`)).tensors;
    const index = await readJson(folder, `${name}.index.json`);
    if (index !== undefined) return readShards(opened, folder, readShardIndex(index));
  }
  await refuseAdapter(folder);
  return refuse(`the folder has neither ${WEIGHT_FILES.join(" nor ")}, whole or in shards`);
}

async function readShards(
  opened: OpenFiles,
  folder: string,
  fileOf: ReadonlyMap<string, string>,
): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const file of new Set(fileOf.values())) {
    if (!await exists(`${folder}/${file}`)) {
      refuse(`the index names the shard ${quote(file)}, which is not there`);
    }
    for (const [name, entry] of (await readWeights(opened, `${folder}/${file}`)).tensors) {
      if (fileOf.get(name) !== file) {
        refuse(`the shard ${quote(file)} has ${quote(name)}, which the index has elsewhere`);
      }
      tensors.set(name, entry);
    }
  }
  for (const [name, file] of fileOf) {
    if (!tensors.has(name)) {
      refuse(`the shard ${quote(file)} does not have ${quote(name)}, as the index says`);
    }
  }
  return tensors;
}

/** Says of a folder without a model that it is one of PEFT's, if it is. */
async function refuseAdapter(folder: string): Promise<void> {
  const json = await readJson(folder, "adapter_config.json");
  if (json === undefined) return;
  refuse(`the folder holds a LoRA adapter alone: ${howToMerge(adapterBase(json))}`);
}

/** Reads the texts of special and added tokens from the tokenizer's files: the small one, if it is there. */
async function readTokenTexts(folder: string): Promise<TokenTexts> {
  const added = await readJson(folder, "added_tokens.json");
  if (added !== undefined) return tokenTexts(added, "added_tokens.json");
  const bytes = await readSmallFile(folder, "tokenizer.json", MAX_TOKENIZER_BYTES);
  const list = bytes && parseJsonMember(bytes, "tokenizer.json", "added_tokens");
  return list === undefined ? new Map() : tokenTexts(list, "tokenizer.json");
}

/** Parses a JSON file of a folder, if it is there. */
async function readJson(folder: string, name: string): Promise<unknown> {
  const bytes = await readSmallFile(folder, name, MAX_JSON_BYTES);
  return bytes && parseJson(bytes, name);
}

/** Reads all of a file of a folder, if it is there. */
async function readSmallFile(
  folder: string,
  name: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const path = `${folder}/${name}`;
  if (!await exists(path)) return undefined;
  await using opened = new OpenFiles(undefined);
  const { read, size } = await opened.open(path);
  if (size > maxBytes) refuse(`${quote(name)} has ${size} bytes, the limit is ${maxBytes}`);
  return await read(0, size);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/**
 * The folder where official models are kept, which is openai/whisper's: what is in it, and bringing models there,
 * proving and removing them. The command line does it by these functions too.
 *
 * @example Bring a model into the cache before it is needed
 * ```ts ignore
 * import { prefetchModel } from "jsr:@sotto/whisper/cache";
 *
 * await prefetchModel("base", { onProgress: ({ loaded, total }) => console.log(loaded, total) });
 * ```
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { type CachePaths, cachePaths, cacheRoot } from "./checkpoint/cache/cache_paths.ts";
import { checkCachedFile, type Verification } from "./checkpoint/cache/cached_file.ts";
import { type KeptModel, listPrepared, removePrepared } from "./checkpoint/cache/prepared_folder.ts";
import { receiptPath } from "./checkpoint/cache/receipt.ts";
import { validatorPath } from "./checkpoint/download/partial.ts";
import { fetchCheckpoint } from "./checkpoint/fetch_checkpoint.ts";
import { removeFree } from "./checkpoint/files_in_use.ts";
import { FETCH_RULES, type FetchOptions, type RequestHeaders } from "./checkpoint/fetch_options.ts";
import { adviceForModel, meantModel } from "./checkpoint/model_names.ts";
import type { LoadProgress } from "./checkpoint/progress.ts";
import {
  availableModels,
  type ModelName,
  modelUrl,
  OFFICIAL_MODELS,
  type OfficialModel,
  type OfficialName,
} from "./checkpoint/registry.ts";
import { ModelNotFoundError } from "./errors.ts";
import { CPU_PRECISIONS, type ModelPrecision, type PrecisionOption } from "./loading/model_precision.ts";
import {
  BOOLEAN,
  CALLBACK,
  checkOptions,
  oneOf,
  type OptionRules,
  PATH,
  SIGNAL,
} from "./options/check_options.ts";

export { availableModels };
export type {
  FetchOptions,
  KeptModel,
  LoadProgress,
  ModelName,
  ModelPrecision,
  OfficialModel,
  OfficialName,
  PrecisionOption,
  RequestHeaders,
  Verification,
};

/** Which cache is meant. */
export interface CacheOptions {
  /**
   * The folder of the cache.
   *
   * @default {"$XDG_CACHE_HOME/whisper, else ~/.cache/whisper"}
   */
  readonly downloadRoot?: string;
}

/** What `verifyModel` may be told. */
export interface VerifyOptions extends CacheOptions {
  /** Stops the hashing. */
  readonly signal?: AbortSignal;
  /** Told how far the hashing is, at most ten times a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What `prepareModel` may be told. */
export interface PrepareOptions extends FetchOptions {
  /**
   * In which numbers the model is to multiply by its weights, as `loadModel` has it.
   *
   * @default {"int8"}
   */
  readonly precision?: Exclude<PrecisionOption, "float16">;
  /** The path of ONNX Runtime's shared library. Default: `ORT_DYLIB_PATH`, else the npm package. */
  readonly library?: string;
}

/** What `removeModel` may be told. */
export interface RemoveOptions extends CacheOptions {
  /**
   * Whether its file stays, and only what was prepared from it goes.
   *
   * @default {false}
   */
  readonly preparedOnly?: boolean;
}

/** An official model and what the cache has of it. */
export interface CachedModel {
  /** The model. */
  readonly model: OfficialModel;
  /** Where its file is, or would be. */
  readonly path: string;
  /** Whether the file is there, a part of it that a download goes on from, or nothing. It was not hashed. */
  readonly state: "complete" | "partial" | "absent";
  /** Bytes that are there. */
  readonly bytes: number;
  /** What was prepared from it, for a precision, a version of ONNX Runtime and a kind of processor each. */
  readonly prepared: readonly KeptModel[];
}

/** What hashing a cached model found. */
export interface VerifiedModel {
  /** The model. */
  readonly model: OfficialModel;
  /** Where its file is, or would be. */
  readonly path: string;
  /** Whether the file has the SHA-256 of the model, has another one, or is not there. */
  readonly state: "good" | "wrong" | "absent";
  /** The SHA-256 of the file, in hexadecimal, if it is there. */
  readonly sha256?: string;
}

const CACHE_RULES: OptionRules<CacheOptions> = { downloadRoot: PATH };
const PREPARE_RULES: OptionRules<PrepareOptions> = {
  ...FETCH_RULES,
  precision: oneOf(CPU_PRECISIONS),
  library: PATH,
};
const REMOVE_RULES: OptionRules<RemoveOptions> = { ...CACHE_RULES, preparedOnly: BOOLEAN };
const VERIFY_RULES: OptionRules<VerifyOptions> = { ...CACHE_RULES, signal: SIGNAL, onProgress: CALLBACK };

/**
 * Gives the folder of the cache. Requires `--allow-env=XDG_CACHE_HOME,HOME` permission.
 *
 * @throws {TypeError} when an option is unknown or wrong.
 */
export async function cacheFolder(options: CacheOptions = {}): Promise<string> {
  return await cacheRoot(checkOptions("find the cache", options, CACHE_RULES));
}

/**
 * Lists the official models, each with what the cache has of it. Requires `--allow-read` permission.
 *
 * @throws {TypeError} when an option is unknown or wrong.
 */
export async function listModels(options: CacheOptions = {}): Promise<CachedModel[]> {
  checkOptions("list the models", options, CACHE_RULES);
  return await Promise.all(OFFICIAL_MODELS.map(async (model): Promise<CachedModel> => {
    const { file, partial } = await pathsOf(model, options);
    const prepared = await listPrepared(await cacheRoot(options), model.sha256);
    const whole = await sizeOf(file);
    if (whole !== undefined) return { model, path: file, state: "complete", bytes: whole, prepared };
    const part = await sizeOf(partial);
    const state = part === undefined ? "absent" : "partial";
    return { model, path: file, state, bytes: part ?? 0, prepared };
  }));
}

/**
 * Brings an official model into the cache, or proves the file that is there. Permissions and faults are those of
 * `loadModel`.
 *
 * @returns The path of its file.
 * @throws {ModelNotFoundError} when there is no such model.
 * @throws {DownloadError | ChecksumMismatchError} when it cannot be had.
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export async function prefetchModel(
  name: ModelName,
  options: FetchOptions = {},
): Promise<string> {
  const given = checkOptions("prefetch the model", options, FETCH_RULES);
  const model = modelNamed(name, "prefetch");
  return (await fetchCheckpoint({ ...model, url: modelUrl(model) }, given)).path;
}

/**
 * Quantises and packs the weights of an official model ahead and keeps what that comes to in the cache, for
 * {@linkcode loadModel} to map. Brings the model there first. Of several processes one prepares, the others wait.
 *
 * Requires the permissions of `loadModel`, and `--allow-write` for the cache.
 *
 * @returns The folder of the prepared model.
 * @throws {ModelNotFoundError} when there is no such model.
 * @throws {DownloadError | ChecksumMismatchError} when it cannot be had.
 * @throws {LibraryLoadError} when ONNX Runtime is missing.
 * @throws {Error} when it cannot be kept; the message says why.
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 *
 * @example Prepare a model as a container is built
 * ```ts ignore
 * import { prepareModel } from "jsr:@sotto/whisper/cache";
 *
 * await prepareModel("base", { precision: "int8" });
 * ```
 */
export async function prepareModel(name: ModelName, options: PrepareOptions = {}): Promise<string> {
  const given = checkOptions("prepare the model", options, PREPARE_RULES);
  const model = modelNamed(name, "prepare");
  const { prepareAhead } = await import("./loading/prepared/prepare_ahead.ts");
  return await prepareAhead(model.name, { precision: "int8", ...given });
}

/**
 * Hashes a model's file in the cache. Requires `--allow-read` permission.
 *
 * @throws {ModelNotFoundError} when there is no such model.
 * @throws {TypeError} when an option is unknown or wrong.
 */
export async function verifyModel(
  name: ModelName,
  options: VerifyOptions = {},
): Promise<VerifiedModel> {
  const { signal, onProgress } = checkOptions("verify the model", options, VERIFY_RULES);
  const model = modelNamed(name, "verify");
  const { file: path } = await pathsOf(model, options);
  const file = await checkCachedFile(path, model.sha256, { signal, onProgress });
  return { model, path, state: file.state, ...("sha256" in file && { sha256: file.sha256 }) };
}

/**
 * Deletes a model's file from the cache, with what is left of downloads and what was prepared from it. Requires `--allow-read` and
 * `--allow-write` permission.
 *
 * @returns How many bytes were freed; 0 if nothing was there.
 * @throws {ModelNotFoundError} when there is no such model.
 * @throws {TypeError} when an option is unknown or wrong.
 */
export async function removeModel(
  name: ModelName,
  options: RemoveOptions = {},
): Promise<number> {
  const { preparedOnly } = checkOptions("remove the model", options, REMOVE_RULES);
  const model = modelNamed(name, "remove");
  const { file, partial, lock } = await pathsOf(model, options);
  let bytes = await removePrepared(await cacheRoot(options), model.sha256);
  if (preparedOnly) return bytes;
  for (const path of [file, receiptPath(file), partial, validatorPath(partial), lock]) {
    bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
    await removeFree(path);
  }
  return bytes;
}

function modelNamed(name: string, action: string): OfficialModel {
  const model = meantModel(String(name));
  if (model !== undefined) return model;
  const advice = adviceForModel(String(name));
  throw new ModelNotFoundError(String(name), availableModels(), { advice, action });
}

async function pathsOf({ fileName, sha256 }: OfficialModel, options: CacheOptions): Promise<CachePaths> {
  return await cachePaths(await cacheRoot(options), fileName, sha256);
}

async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}

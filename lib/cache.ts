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
import { rm, stat } from "node:fs/promises";
import { type CachePaths, cachePaths, cacheRoot } from "./checkpoint/cache/cache_paths.ts";
import { checkCachedFile, type Verification } from "./checkpoint/cache/cached_file.ts";
import { receiptPath } from "./checkpoint/cache/receipt.ts";
import { validatorPath } from "./checkpoint/download/partial.ts";
import { fetchCheckpoint } from "./checkpoint/fetch_checkpoint.ts";
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
import { CALLBACK, checkOptions, type OptionRules, PATH, SIGNAL } from "./options/check_options.ts";

export { availableModels };
export type {
  FetchOptions,
  LoadProgress,
  ModelName,
  OfficialModel,
  OfficialName,
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
    const whole = await sizeOf(file);
    if (whole !== undefined) return { model, path: file, state: "complete", bytes: whole };
    const part = await sizeOf(partial);
    return { model, path: file, state: part === undefined ? "absent" : "partial", bytes: part ?? 0 };
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
  const model = modelNamed(name);
  return (await fetchCheckpoint({ ...model, url: modelUrl(model) }, given)).path;
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
  const model = modelNamed(name);
  const { file: path } = await pathsOf(model, options);
  const file = await checkCachedFile(path, model.sha256, { signal, onProgress });
  return { model, path, state: file.state, ...("sha256" in file && { sha256: file.sha256 }) };
}

/**
 * Deletes a model's file from the cache, with what is left of downloads. Requires `--allow-read` and
 * `--allow-write` permission.
 *
 * @returns How many bytes were freed; 0 if nothing was there.
 * @throws {ModelNotFoundError} when there is no such model.
 * @throws {TypeError} when an option is unknown or wrong.
 */
export async function removeModel(
  name: ModelName,
  options: CacheOptions = {},
): Promise<number> {
  checkOptions("remove the model", options, CACHE_RULES);
  const { file, partial, lock } = await pathsOf(modelNamed(name), options);
  let bytes = 0;
  for (const path of [file, receiptPath(file), partial, validatorPath(partial), lock]) {
    bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
    await rm(path, { force: true });
  }
  return bytes;
}

function modelNamed(name: string): OfficialModel {
  const model = meantModel(String(name));
  if (model !== undefined) return model;
  throw new ModelNotFoundError(String(name), availableModels(), { advice: adviceForModel(String(name)) });
}

async function pathsOf({ fileName, sha256 }: OfficialModel, options: CacheOptions): Promise<CachePaths> {
  return await cachePaths(await cacheRoot(options), fileName, sha256);
}

async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}

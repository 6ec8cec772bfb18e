/**
 * What `loadModel` was asked for: an official model, an address, or a file or folder.
 */
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { cachePaths, cacheRoot, expandHome, fileNameOf } from "../checkpoint/cache/cache_paths.ts";
import { checkCachedFile } from "../checkpoint/cache/cached_file.ts";
import { fetchCheckpoint } from "../checkpoint/fetch_checkpoint.ts";
import {
  checkArguments,
  type CheckpointSource,
  FETCH_RULES,
  type FetchOptions,
} from "../checkpoint/fetch_options.ts";
import type { FileIdentity } from "../checkpoint/file_identity.ts";
import { adviceForModel, meantModel } from "../checkpoint/model_names.ts";
import { alignmentHeadsOf } from "../checkpoint/official_heads.ts";
import { availableModels, findModel, modelUrl, type OfficialModel } from "../checkpoint/registry.ts";
import type { AlignmentHead } from "../checkpoint/types.ts";
import { ChecksumMismatchError, ModelNotFoundError, wrongArgument } from "../errors.ts";
import { resolveHubFolder } from "./hub_folder.ts";

/** A checkpoint on this machine. */
export interface LocatedCheckpoint {
  /** Its file, or its folder. */
  readonly path: string;
  /** The SHA-256 it has to have, in hexadecimal, if that is known. */
  readonly sha256?: string;
  /** The file that was hashed, if one was. */
  readonly identity?: FileIdentity;
  /** Whether it lies in the cache, which fetches it again where it is wrong. */
  readonly cached: boolean;
  /** The alignment heads of an official model. */
  readonly alignmentHeads?: readonly AlignmentHead[];
}

/**
 * Finds the checkpoint that `source` names, and downloads it if it has to.
 *
 * @param how Whether what is there already is hashed; else whoever reads it does that.
 * @throws {ModelNotFoundError} when `source` is neither an official name nor a path.
 * @throws {ChecksumMismatchError} when a file is not the one that `sha256` names.
 * @throws {TypeError} when an official model or a folder cannot have the SHA-256.
 */
export async function locateCheckpoint(
  source: string | URL,
  options: FetchOptions & { sha256?: string },
  how: { readonly proven: boolean } = { proven: true },
): Promise<LocatedCheckpoint> {
  const named = await resolveSource(source, options);
  if ("path" in named) return await locatePath(named.path, options, how);
  const located = await locateInCache(named, options, how);
  return { ...located, alignmentHeads: named.official && alignmentHeadsOf(named.official) };
}

/** A file of a known SHA-256 that is there already, as far as its name says. */
export interface KnownFile {
  readonly path: string;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly size: number;
  /** Whether it lies in the cache. */
  readonly cached: boolean;
}

/**
 * Finds the file that `source` names where its SHA-256 is known and nothing has to be fetched. It is not hashed, and
 * what is wrong with `source` is left to {@linkcode locateCheckpoint}.
 */
export async function findKnownFile(
  source: string | URL,
  options: FetchOptions & { sha256?: string },
): Promise<KnownFile | undefined> {
  const named = await resolveSource(source, options);
  const sha256 = ("path" in named ? options.sha256 : named.sha256)?.toLowerCase();
  if (sha256 === undefined) return undefined;
  const path = "path" in named
    ? await findPath(named.path)
    : (await cachePaths(await cacheRoot(options), named.fileName, sha256)).file;
  const stats = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return stats?.isFile() ? { path: path!, sha256, size: stats.size, cached: !("path" in named) } : undefined;
}

/** What a source names: a path, or what the cache is to have. */
type NamedSource = { readonly path: string } | CheckpointSource & { readonly official?: OfficialModel };

async function resolveSource(source: string | URL, options: { sha256?: string }): Promise<NamedSource> {
  if (source instanceof URL) {
    if (source.protocol === "file:") return { path: fileURLToPath(source) };
    const { sha256 } = options;
    return { url: source, sha256, fileName: fileNameOf(source, sha256) };
  }
  if (/^file:\/\//i.test(source)) return { path: fileURLToPath(source) };
  const path = findModel(source) === undefined ? await findPath(source) : undefined;
  const official = meantModel(source);
  if (path !== undefined || official === undefined) return { path: path ?? source };
  const { name, fileName, sha256 } = official;
  if (options.sha256 !== undefined && options.sha256.toLowerCase() !== sha256) {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot load the model "${name}": sha256 is ${options.sha256}, but its own is ${sha256}; leave it out`,
    );
  }
  return { url: modelUrl(official), sha256, fileName, official };
}

async function locateInCache(
  source: CheckpointSource,
  options: FetchOptions & { sha256?: string },
  { proven }: { readonly proven: boolean },
): Promise<LocatedCheckpoint> {
  const fetching = { ...fetchOptionsOf(options), ...(!proven && { verify: "never" as const }) };
  // An address without a SHA-256 needs the caller's own word that nothing shall be verified.
  if (source.sha256 === undefined) checkArguments(source, fetchOptionsOf(options));
  const { path, identity } = await fetchCheckpoint(source, fetching);
  return { path, sha256: source.sha256?.toLowerCase(), identity, cached: true };
}

/** Those options that are about fetching. */
function fetchOptionsOf(options: FetchOptions): FetchOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(FETCH_RULES, name)));
}

async function locatePath(
  path: string,
  options: FetchOptions & { sha256?: string },
  { proven }: { readonly proven: boolean },
): Promise<LocatedCheckpoint> {
  const found = await findPath(path);
  if (found === undefined) {
    throw new ModelNotFoundError(path, availableModels(), { advice: adviceForModel(path) });
  }
  const sha256 = options.sha256?.toLowerCase();
  if (sha256 === undefined) return { path: found, cached: false };
  if ((await stat(found)).isDirectory()) {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot load the model ${found}: sha256 is that of a file, but this is a folder; leave it out`,
    );
  }
  if (!proven) return { path: found, sha256, cached: false };
  const { signal, onProgress } = options;
  const file = await checkCachedFile(found, sha256, { verify: "always", signal, onProgress });
  if (file.state === "good") return { path: found, sha256, identity: file.identity, cached: false };
  const actual = file.state === "wrong" ? file.sha256 : "";
  throw new ChecksumMismatchError(
    `Cannot use checkpoint ${found}: it has the SHA-256 ${actual} and not ${sha256}`,
    { url: found, expected: sha256, actual, bytes: Number((await stat(found)).size) },
  );
}

/** Finds what a path names: itself, in the home folder for `~`, the files of a repository in its folder of the hub. */
async function findPath(path: string): Promise<string | undefined> {
  for (const candidate of new Set([path, expandHome(path)])) {
    try {
      return (await stat(candidate)).isDirectory() ? await resolveHubFolder(candidate) : candidate;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw cause;
    }
  }
}

/**
 * What `loadModel` was asked for: an official model, an address, or a file or folder.
 */
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expandHome, fileNameOf } from "../checkpoint/cache/cache_paths.ts";
import { fetchCheckpoint } from "../checkpoint/fetch_checkpoint.ts";
import { FETCH_RULES, type FetchOptions } from "../checkpoint/fetch_options.ts";
import type { FileIdentity } from "../checkpoint/file_identity.ts";
import { adviceForModel, meantModel } from "../checkpoint/model_names.ts";
import { alignmentHeadsOf } from "../checkpoint/official_heads.ts";
import { availableModels, findModel, modelUrl, type OfficialModel } from "../checkpoint/registry.ts";
import type { AlignmentHead } from "../checkpoint/types.ts";
import { ModelNotFoundError } from "../errors.ts";
import { resolveHubFolder } from "./hub_folder.ts";

/** A checkpoint on this machine. */
export interface LocatedCheckpoint {
  /** Its file, or its folder. */
  readonly path: string;
  /** The SHA-256 it has to have, in hexadecimal, if that is known. */
  readonly sha256?: string;
  /** The file that was hashed, if one was. */
  readonly identity?: FileIdentity;
  /** The alignment heads of an official model. */
  readonly alignmentHeads?: readonly AlignmentHead[];
}

/**
 * Finds the checkpoint that `source` names, and downloads it if it has to.
 *
 * @throws {ModelNotFoundError} when `source` is neither an official name nor a path.
 */
export async function locateCheckpoint(
  source: string | URL,
  options: FetchOptions & { sha256?: string },
): Promise<LocatedCheckpoint> {
  if (source instanceof URL) return await locateUrl(source, options);
  if (/^file:\/\//i.test(source)) return await locatePath(fileURLToPath(source));
  const path = findModel(source) === undefined ? await findPath(source) : undefined;
  const official = meantModel(source);
  if (path !== undefined || official === undefined) return await locatePath(path ?? source);
  return await locateOfficial(official, options);
}

async function locateOfficial(official: OfficialModel, options: FetchOptions): Promise<LocatedCheckpoint> {
  const { fileName, sha256 } = official;
  const source = { url: modelUrl(official), sha256, fileName };
  const { path, identity } = await fetchCheckpoint(source, fetchOptionsOf(options));
  return { path, sha256, identity, alignmentHeads: alignmentHeadsOf(official) };
}

async function locateUrl(url: URL, options: FetchOptions & { sha256?: string }): Promise<LocatedCheckpoint> {
  if (url.protocol === "file:") return await locatePath(fileURLToPath(url));
  const { sha256 } = options;
  const { path, identity } = await fetchCheckpoint(
    { url, sha256, fileName: fileNameOf(url, sha256) },
    fetchOptionsOf(options),
  );
  return { path, sha256, identity };
}

/** Those options that are about fetching. */
function fetchOptionsOf(options: FetchOptions): FetchOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(FETCH_RULES, name)));
}

async function locatePath(path: string): Promise<LocatedCheckpoint> {
  const found = await findPath(path);
  if (found !== undefined) return { path: found };
  throw new ModelNotFoundError(path, availableModels(), { advice: adviceForModel(path) });
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

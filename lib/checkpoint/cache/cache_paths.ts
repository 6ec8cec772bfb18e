/**
 * Where checkpoints are kept and what the environment says about fetching them. The layout is the flat one of
 * openai/whisper's `load_model`, so that both use the same files. The environment is read here only, and only
 * when it is needed.
 */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import process from "node:process";
import { missingPermission } from "../../../ffi/permission.ts";
import { path } from "../../std.ts";
import { modelBySha256 } from "../registry.ts";

/**
 * Gives the folder of the cache: `downloadRoot`, else `$XDG_CACHE_HOME/whisper`, else `~/.cache/whisper`.
 * Differs from whisper: an empty `XDG_CACHE_HOME` counts as unset, as its specification says.
 *
 * Requires `--allow-env=XDG_CACHE_HOME,HOME` permission without `downloadRoot` (on Windows
 * `--allow-env=XDG_CACHE_HOME,USERPROFILE`).
 */
export async function cacheRoot(options: { downloadRoot?: string } = {}): Promise<string> {
  if (options.downloadRoot !== undefined) return expandHome(options.downloadRoot);
  const { join } = await path();
  return join(process.env.XDG_CACHE_HOME || join(homeFolder(), ".cache"), "whisper");
}

/** Where one checkpoint's files are. */
export interface CachePaths {
  /** The checkpoint. */
  readonly file: string;
  /** The file that a download fills. */
  readonly partial: string;
  /** The lock of the process that downloads. */
  readonly lock: string;
}

/**
 * Gives the paths of a checkpoint's files.
 *
 * @param root The folder of the cache.
 * @param key What its partial file is named by, as {@linkcode keyOf} gives it.
 */
export async function cachePaths(root: string, fileName: string, key: string): Promise<CachePaths> {
  const { join } = await path();
  return {
    file: join(root, fileName),
    partial: join(root, `${key}.partial`),
    lock: join(root, `${key}.lock`),
  };
}

/** What `SOTTO_OFFLINE` may be, in any case. */
const YES = ["1", "true", "yes", "on"];
const NO = ["", "0", "false", "no", "off"];

/**
 * Tells whether the network is forbidden: what `option` says, else whether `SOTTO_OFFLINE` is `1`, `true`, `yes` or
 * `on`.
 *
 * @throws {RangeError} when the variable is set to what means neither yes nor no.
 */
export function isOffline(option: boolean | undefined): boolean {
  if (option !== undefined) return option;
  const { SOTTO_OFFLINE: value = "" } = process.env;
  const word = value.trim().toLowerCase();
  if (YES.includes(word) || NO.includes(word)) return YES.includes(word);
  throw new RangeError(
    `Cannot tell whether to stay offline: SOTTO_OFFLINE is ${JSON.stringify(value)}, wanted 1 or 0`,
  );
}

/** Gives the mirrors of `SOTTO_MIRROR`: base addresses with commas between them. */
export function mirrorsFromEnvironment(): string[] {
  return (process.env.SOTTO_MIRROR ?? "").split(",").map((base) => base.trim()).filter((base) => base !== "");
}

/**
 * Gives the name in the cache of a checkpoint that is known by its address: an official one's own name; else
 * the name in the address with twelve digits of the SHA-256 (of the address's where that is not known), so
 * that two checkpoints called `model.pt` do not take each other's place.
 */
export function fileNameOf(url: URL, sha256?: string): string {
  const official = modelBySha256(sha256 ?? "");
  if (official !== undefined) return official.fileName;
  const name = url.pathname.split("/").at(-1)!.replace(/%20|[^A-Za-z0-9._-]+/g, "_");
  const [, stem, extension] = /^(.*?)(\.[A-Za-z0-9]+)?$/.exec(name)!;
  return `${stem || "model"}-${keyOf(url, sha256).slice(0, 12)}${extension ?? ".pt"}`;
}

/** What a partial file is named by: the SHA-256 it is to have or, where that is not known, its address's. */
export function keyOf(url: URL, sha256?: string): string {
  return sha256?.toLowerCase() ?? createHash("sha256").update(url.href).digest("hex");
}

/**
 * Replaces a `~` at the start of a path by the home folder, as a shell does where it stands for itself.
 *
 * Requires `--allow-env=HOME` permission for such a path (on Windows `--allow-env=USERPROFILE`).
 */
export function expandHome(path: string): string {
  return path.replace(/^~(?=$|[/\\])/, () => homeFolder());
}

function homeFolder(): string {
  const home = process.platform === "win32" ? process.env.USERPROFILE : process.env.HOME;
  try {
    return home || homedir();
  } catch (error) {
    const denied = missingPermission(error);
    if (denied === undefined) throw error;
    throw new Error(`Cannot find the home folder, which no variable names: ${denied}`, { cause: error });
  }
}

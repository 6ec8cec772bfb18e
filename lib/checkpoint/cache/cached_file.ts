/**
 * Looks a checkpoint up in the cache and proves it before it is used, as `_download` of openai/whisper's
 * `whisper/__init__.py` does. Differs from whisper: the file is hashed as a stream, not read into memory.
 */
import { type FileHandle, open, stat } from "node:fs/promises";
import { type FileIdentity, identityOf, sameFile } from "../file_identity.ts";
import { createSha256, hashFile, isDigest } from "../hash.ts";
import { type LoadProgress, ProgressMeter } from "../progress.ts";
import { hasReceipt, writeReceipt } from "./receipt.ts";

/** When a cached file is hashed: at every use, once for each state of the file, or not at all. */
export type Verification = "always" | "once" | "never";

/** What is at a path of the cache. */
export type CachedFile =
  | { readonly state: "absent" }
  /** A file that may be used. `sha256` is missing where nothing proved it. */
  | { readonly state: "good"; readonly identity: FileIdentity; readonly sha256?: string }
  /** A file with another SHA-256 than the one wanted. */
  | { readonly state: "wrong"; readonly identity: FileIdentity; readonly sha256: string };

/** What checking a cached file takes. */
export interface CheckOptions {
  /** When to hash. @default {"always"} */
  readonly verify?: Verification;
  /** Stops the hashing. */
  readonly signal?: AbortSignal;
  /** Told how far the hashing is, as phase `"verify"`. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/**
 * Looks at a path of the cache.
 *
 * Requires `--allow-read` permission for the cache, and `--allow-write` for receipts.
 *
 * @param sha256 What the file must have; without it a file is good as it is.
 * @throws {Error} when there is something that is not a regular file, or it cannot be read.
 */
export async function checkCachedFile(
  path: string,
  sha256: string | undefined,
  options: CheckOptions = {},
): Promise<CachedFile> {
  const handle = await openRegularFile(path);
  if (handle === undefined) return { state: "absent" };
  try {
    const verify = options.verify ?? "always";
    for (;;) {
      const identity = identityOf(await handle.stat({ bigint: true }));
      if (sha256 === undefined || verify === "never") return { state: "good", identity };
      if (verify === "once" && await hasReceipt(path, sha256, identity)) {
        return { state: "good", identity, sha256 };
      }
      const digest = await digestOf(handle, Number(identity.size), options);
      if (!await isDigest(digest, sha256)) {
        return { state: "wrong", identity, sha256: digest.toString("hex") };
      }
      // Somebody touched the file meanwhile: what was hashed may not be what is there now.
      if (!sameFile(identity, identityOf(await handle.stat({ bigint: true })))) continue;
      if (verify === "once") await writeReceipt(path, sha256, identity);
      return { state: "good", identity, sha256 };
    }
  } finally {
    await handle.close();
  }
}

/** Opens a file; `undefined` if there is none. Asks what it is first, because opening a pipe would wait. */
async function openRegularFile(path: string): Promise<FileHandle | undefined> {
  try {
    if (!(await stat(path)).isFile()) {
      throw new Error(`Cannot use ${path}: it exists and is not a regular file; move it out of the way`);
    }
    return await open(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

async function digestOf(handle: FileHandle, total: number, options: CheckOptions): Promise<Buffer> {
  const hash = createSha256();
  const meter = new ProgressMeter("verify", options.onProgress, { total });
  const onBytes = (hashed: number) => meter.update(hashed);
  meter.finish(await hashFile(handle, hash, { signal: options.signal, onBytes }));
  return hash.digest();
}

/**
 * Files in the folder that all workers see. A job names one by its path below that folder; neither `..` nor a symbolic
 * link leads out of it.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { missingPermission } from "../../../ffi/permission.ts";
import { identityOf, sameFile } from "../../checkpoint/file_identity.ts";
import { hashFile } from "../../checkpoint/hash.ts";
import { wrongArgument } from "../../errors.ts";
import type { FolderSound } from "../job.ts";
import { SoundError } from "./sound_error.ts";

/** An open file, and where it is. */
export interface FolderFile extends AsyncDisposable {
  readonly handle: FileHandle;
  /** Its path, without symbolic links. */
  readonly path: string;
  readonly size: number;
}

/** What no path below a folder has, on any system: another way to spell a folder, a drive, a stream of a file. */
const FOREIGN = /[\\:\0]/;

/**
 * Opens a file below the folder.
 *
 * Requires `--allow-read` permission for the folder.
 *
 * @throws {SoundError} when its path leads out of the folder, nothing is there, or it is no file.
 */
export async function openInFolder(folder: string, path: string): Promise<FolderFile> {
  const name = JSON.stringify(path);
  if (path === "" || FOREIGN.test(path) || path.split("/").some((part) => ["", ".", ".."].includes(part))) {
    throw new SoundError(
      "SOUND_FORBIDDEN",
      `Cannot open ${name}: wanted a path below the folder, as "2026/talk.mp3"`,
    );
  }
  const wanted = resolve(folder, path);
  const [root, real] = await within(name, () => Promise.all([realpath(folder), realpath(wanted)]));
  assertBelow(name, root, real);
  const before = await within(name, () => stat(real, { bigint: true }));
  // Opening a pipe would wait for who writes to it.
  if (!before.isFile()) throw new SoundError("SOUND_FORBIDDEN", `Cannot open ${name}: it is not a file`);
  const handle = await within(name, () => open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)));
  try {
    // Whoever may write to the folder may have put a link in the way meanwhile.
    const [opened, now] = await within(
      name,
      () => Promise.all([handle.stat({ bigint: true }), realpath(wanted)]),
    );
    assertBelow(name, root, now);
    if (!opened.isFile() || !sameFile(identityOf(before), identityOf(opened))) {
      throw new SoundError("SOUND_FORBIDDEN", `Cannot open ${name}: another file took its place meanwhile`);
    }
    return { handle, path: real, size: Number(opened.size), [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function assertBelow(name: string, root: string, real: string): void {
  if (pathBelow(root, real) !== undefined) return;
  throw new SoundError("SOUND_FORBIDDEN", `Cannot open ${name}: it leads out of the folder`);
}

/** The path of a file in a folder, if it is below it. Neither has symbolic links. */
function pathBelow(root: string, real: string): string | undefined {
  const below = relative(root, real);
  const leadsOut = below === "" || below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below);
  return leadsOut ? undefined : below;
}

async function within<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const denied = missingPermission(cause);
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    const isLink = code === "ELOOP";
    throw new SoundError(
      isMissing ? "SOUND_MISSING" : isLink ? "SOUND_FORBIDDEN" : "SOUND_UNREACHABLE",
      `Cannot open ${name}: ${
        denied ?? (isMissing ? "there is no such file in the folder that workers see" : message)
      }`,
      { cause },
    );
  }
}

/**
 * Says what a job says of a file below the folder: its path there, and its SHA-256.
 *
 * Requires `--allow-read` permission for the folder.
 *
 * @param path Where the file is, for this program.
 * @throws {TypeError} when it is not below the folder.
 * @throws {SoundError} when it cannot be read.
 */
export async function folderSoundOf(
  folder: string,
  path: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<FolderSound> {
  const name = JSON.stringify(path);
  const [root, real] = await within(name, () => Promise.all([realpath(folder), realpath(path)]));
  const below = pathBelow(root, real);
  if (below === undefined) {
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot send ${name}: it is not below the folder that workers see, ${folder}`,
    );
  }
  const inFolder = below.split(sep).join("/");
  await using file = await openInFolder(folder, inFolder);
  const hash = createHash("sha256");
  await hashFile(file.handle, hash, { signal });
  return { kind: "folder", path: inFolder, sha256: hash.digest("hex") };
}

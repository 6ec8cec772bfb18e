/**
 * The files of results: whether they can be written, and writing them, all of a recording's or none. The place is tried
 * before the work, and a result that cannot be written there is kept elsewhere.
 */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, open, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { missingPermission } from "../../../ffi/permission.ts";
import { mayBeInUse, whenFree } from "../../checkpoint/files_in_use.ts";

/** Symbolic links followed one after the other. */
const MAX_LINKS = 40;

/** Thrown when results cannot be written. */
export class OutputError extends Error {
  override name = "OutputError";
  /** The file or folder. */
  readonly path: string;

  /** Makes the error from what the system said. */
  constructor(path: string, cause: unknown, platform?: string) {
    super(`Cannot write results to ${JSON.stringify(path)}: ${explain(cause, platform)}`, { cause });
    this.path = path;
  }
}

/**
 * Tries whether files can be written, and makes their folder if it is missing.
 *
 * Requires `--allow-read` and `--allow-write` permission for their folders.
 *
 * @throws {OutputError} when one cannot.
 */
export async function tryOutputFiles(paths: Iterable<string>): Promise<void> {
  const folders = new Set<string>();
  for (const path of paths) {
    await attempt(dirname(path), () => mkdir(dirname(path), { recursive: true }));
    await attempt(path, async () => {
      const { target, isRegular } = await findTarget(path);
      // Deno's `access` asks for the user's number, and throws where nobody can catch it.
      if (isRegular === true) await (await open(target, "a")).close();
      if (isRegular !== false) folders.add(dirname(target));
    });
  }
  for (const folder of folders) {
    const trial = join(folder, temporaryName());
    await attempt(folder, async () => {
      await writeFile(trial, "", { flag: "wx" });
      await rm(trial);
    });
  }
}

async function attempt(path: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/**
 * Writes texts to files, each complete or not there: under a temporary name first, which is taken away if any
 * of them fails. A symbolic link is written through.
 *
 * Requires `--allow-read` and `--allow-write` permission for their folders.
 *
 * @param texts The text of each path.
 * @throws {OutputError} when one cannot be written.
 */
export async function writeOutputFiles(texts: ReadonlyMap<string, string>): Promise<void> {
  const written = new Map<string, { temporary: string; target: string }>();
  try {
    for (const [path, text] of texts) {
      await attempt(path, async () => {
        const { target, isRegular } = await findTarget(path);
        // A pipe or a device keeps its place.
        if (isRegular === false) return await writeFile(target, text);
        const temporary = join(dirname(target), temporaryName());
        written.set(path, { temporary, target });
        await writeFile(temporary, text, { flag: "wx" });
      });
    }
    for (const [path, { temporary, target }] of written) {
      await attempt(path, () => whenFree(() => rename(temporary, target)));
      written.delete(path);
    }
  } finally {
    // The first error is the one to tell.
    for (const { temporary } of written.values()) await rm(temporary, { force: true }).catch(() => {});
  }
}

/**
 * Writes texts to files or, where that fails, to a new folder of the system's for temporary files.
 *
 * Requires what `writeOutputFiles` does, also for the temporary folder.
 *
 * @throws {OutputError} when they cannot be written at their place; its message says where they are.
 */
export async function keepOutputFiles(texts: ReadonlyMap<string, string>): Promise<void> {
  try {
    await writeOutputFiles(texts);
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    const folder = await rescue(texts).catch(() => undefined);
    if (folder !== undefined) error.message += `. They are in ${folder}`;
    throw error;
  }
}

async function rescue(texts: ReadonlyMap<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-results-"));
  for (const [path, text] of texts) await writeFile(join(folder, basename(path)), text);
  return folder;
}

/** A name in the folder of a result that is short, whatever that is called. */
function temporaryName(): string {
  return `.sotto-${randomUUID().slice(0, 13)}`;
}

/** Follows symbolic links, also to a file that is not there yet, and tells whether what is there is a regular file. */
async function findTarget(path: string): Promise<{ target: string; isRegular: boolean | undefined }> {
  let target = resolve(path);
  for (let links = 0; links < MAX_LINKS; links++) {
    const stats = await stat(target).catch(ignoreMissing);
    if (stats?.isDirectory()) throw new Error("it is a folder, not a file");
    if (stats !== undefined) return { target: await realpath(target), isRegular: stats.isFile() };
    const link = await readlink(target).catch(ignoreMissing);
    if (link === undefined) return { target, isRegular: undefined };
    target = resolve(dirname(target), link);
  }
  throw new Error("its symbolic links go round in circles");
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "it is on a read-only file system",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "there is a file where a folder is wanted",
};

function explain(cause: unknown, platform?: string): string {
  const { code, message, syscall } = cause as NodeJS.ErrnoException;
  const denied = missingPermission(cause);
  if (denied !== undefined) return denied;
  if (syscall === "rename" && mayBeInUse(cause, platform)) return "another program has it open";
  return (code !== undefined && REASONS[code]) || message;
}

/** Audio as a temporary file: for a program that must be able to seek in it, and for what does not fit memory. */
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import process from "node:process";
import { missingPermission } from "../../../ffi/permission.ts";
import { AudioDecodeError } from "../../errors.ts";
import { path as pathFunctions } from "../../std.ts";
import type { AudioInput } from "./audio_input.ts";

/** Bytes read, and written to a program or a file, at a time. */
const PIECE = 1 << 20;
/** How often removing is tried, and how long between, in milliseconds: a program that was killed takes a moment. */
const TRIES = 10;
const PAUSE = 100;

/** A temporary file. Whoever made it disposes it; that never throws. */
export interface TemporaryFile extends AsyncDisposable {
  /** Where it is. */
  readonly path: string;
}

/** What making a temporary file may be told. */
export interface TemporaryFileOptions {
  /** Stops the writing. */
  readonly signal?: AbortSignal;
  /** Told when the file cannot be removed. */
  readonly onWarning?: (message: string) => void;
  /** Replaced by tests. */
  readonly remove?: typeof rm;
}

/** Gives the bytes of an input piece by piece. */
export async function* piecesOf(input: AudioInput, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < input.size; offset += PIECE) {
    signal?.throwIfAborted();
    yield await input.read(offset, PIECE);
  }
}

/**
 * Copies the input to a file in a folder of its own, which only this user can read.
 *
 * Requires `--allow-write` permission for the temporary folder, and `--allow-env`.
 *
 * @throws {AudioDecodeError} when the file cannot be written.
 */
export async function writeTemporaryFile(
  input: AudioInput,
  options: TemporaryFileOptions = {},
): Promise<TemporaryFile> {
  const { join } = await pathFunctions();
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), "sotto-"));
    const path = join(folder, "audio");
    await using file = await open(path, "wx", 0o600);
    for await (const piece of piecesOf(input, options.signal)) await file.writeFile(piece);
    return { path, [Symbol.asyncDispose]: () => removeFolder(folder!, options) };
  } catch (cause) {
    if (folder) await removeFolder(folder, options);
    options.signal?.throwIfAborted();
    const why = missingPermission(cause) ?? (cause as Error).message;
    throw new AudioDecodeError(
      `Cannot decode ${input.name}: ffmpeg needs it as a file, and no temporary one can be written: ${why}`,
      {},
      { cause },
    );
  }
}

/** A file without a name, which only this process can reach, or nothing where none can be made. */
export interface ScratchFile extends AsyncDisposable {
  readonly handle: FileHandle;
}

/**
 * Makes a file in the temporary folder for what does not fit memory. It loses its name at once where the system lets
 * it, so that nothing is left behind however the process ends; else when it is disposed.
 *
 * Requires `--allow-read` and `--allow-write` permission for the temporary folder, and `--allow-env`.
 */
export async function openScratchFile(): Promise<ScratchFile | undefined> {
  const { join } = await pathFunctions();
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), "sotto-"));
    const handle = await open(join(folder, "audio"), "wx+", 0o600);
    const hasName = process.platform === "win32";
    if (!hasName) await removeFolder(folder, {});
    return {
      handle,
      async [Symbol.asyncDispose]() {
        await handle.close();
        if (hasName) await removeFolder(folder!, {});
      },
    };
  } catch {
    if (folder) await removeFolder(folder, {});
    return undefined;
  }
}

/** Windows removes no file that a dying program still holds open (EBUSY, EPERM): what went before counts more. */
async function removeFolder(folder: string, { onWarning, remove = rm }: TemporaryFileOptions): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await remove(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === TRIES) {
        onWarning?.(`The temporary folder ${folder} cannot be removed: ${(error as Error).message}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** The files of a checkpoint, held open: what was checked is what is read, whatever a path leads to by then. */
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { readFully } from "../bytes/fully.ts";
import { CheckpointFormatError } from "../errors.ts";
import { type FileIdentity, identityOf, isUnchanged } from "./file_identity.ts";
import { refuse } from "./format/refuse.ts";
import type { Payload, ReadAt } from "./types.ts";

/** A file of an open checkpoint. */
export interface CheckpointFile {
  /** Its real path: no symbolic link is left in it. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** What it was when it was opened. */
  readonly identity: FileIdentity;
  /** Reads from the opened file, whatever its path leads to by now. */
  readonly read: ReadAt;
  /** Its parts that have a checksum, in the order of the file. No weight's was compared yet. */
  readonly payloads: readonly Payload[];
}

/** Files that are open and are closed together. */
export class OpenFiles implements AsyncDisposable {
  readonly files: (CheckpointFile & { payloads: readonly Payload[] })[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #handles: FileHandle[] = [];

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Opens one more file. Its index is its place in `files`. */
  async open(path: string): Promise<CheckpointFile> {
    this.#signal?.throwIfAborted();
    const real = await realpath(path);
    // Opening a pipe would wait for someone to write to it.
    if (!(await stat(real)).isFile()) refuse("it is neither a file nor a folder");
    const handle = await open(real, "r");
    this.#handles.push(handle);
    const identity = identityOf(await handle.stat({ bigint: true }));
    const file = { path: real, size: Number(identity.size), identity, read: reader(handle), payloads: [] };
    this.files.push(file);
    return file;
  }

  /** @throws {CheckpointFormatError} when a path leads to another file than was opened, or that was changed. */
  async assertUnchanged(): Promise<void> {
    for (const [i, { path, identity }] of this.files.entries()) {
      if (await isUnchanged(this.#handles[i], path, identity)) continue;
      throw new CheckpointFormatError(
        `Cannot use checkpoint ${path}: it was changed, replaced or removed while it was loaded`,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#handles.splice(0).map((handle) => handle.close()));
  }
}

function reader(handle: FileHandle): ReadAt {
  return async (offset, length) => {
    const bytes = new Uint8Array(length);
    const read = await readFully(handle, bytes, offset);
    if (read < length) refuse("the file ended while it was read: it got shorter", offset + read);
    return bytes;
  };
}

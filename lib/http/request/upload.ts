/** An uploaded recording: in memory while it is short, else in a private temporary file that is always removed. */
import { randomUUID } from "node:crypto";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { joinBytes } from "../../bytes/join.ts";
import { TimeSlice } from "../../async/time_slice.ts";
import { path as pathFunctions } from "../../std.ts";

/** Bytes that stay in memory: half a minute of uncompressed speech. */
const MOST_IN_MEMORY = 1 << 20;

/** What takes a recording piece by piece. Whoever made it disposes it. */
export class Upload implements AsyncDisposable {
  #pieces: Uint8Array[] = [];
  #pending = 0;
  #size = 0;
  #folder: string | undefined;
  #path: string | undefined;
  #file: FileHandle | undefined;

  /** Bytes taken so far. */
  get size(): number {
    return this.#size;
  }

  /** Where it lies, if it is not in memory. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Takes a piece. It may not be written to before `flush` has resolved. */
  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#pending += piece.length;
    this.#size += piece.length;
  }

  /**
   * Writes what was taken to the file, if it is too long for memory.
   *
   * Requires `--allow-read` and `--allow-write` permission for the temporary folder then.
   */
  async flush(): Promise<void> {
    if (this.#pending === 0 || (this.#file === undefined && this.#size <= MOST_IN_MEMORY)) return;
    this.#file ??= await this.#open();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#pending = 0;
    for (const piece of pieces) await this.#file.writeFile(piece);
  }

  /** Gives the whole, as `transcribe` takes it. The file lasts until this is disposed. */
  async source(): Promise<Uint8Array | string> {
    await this.flush();
    if (this.#path !== undefined) return this.#path;
    await new TimeSlice().pause();
    const bytes = joinBytes(this.#pieces);
    this.#pieces = [];
    return bytes;
  }

  async #open(): Promise<FileHandle> {
    const { join } = await pathFunctions();
    // Only this user can read the folder, and nothing of the request is in the name.
    this.#folder = await mkdtemp(join(tmpdir(), "sotto-upload-"));
    this.#path = join(this.#folder, randomUUID());
    return await open(this.#path, "wx", 0o600);
  }

  /** Forgets it, and removes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pieces = [];
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
    if (this.#folder === undefined) return;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

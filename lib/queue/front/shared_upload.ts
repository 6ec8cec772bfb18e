/** An upload on its way into the folder that all workers see, hashed as it comes. */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FolderSound } from "../job.ts";

/** Where uploads lie in the shared folder. */
const RECEIVED = "received";

/** Who may read a file: workers may be other users, of the same group. */
const MODE = 0o640;

/** Seconds after which a file is nobody's: no client waits so long, and its server died. */
const LEFT_BEHIND = 2 * 24 * 3600;

/** The upload. Whoever made it disposes it, and the file is gone. */
export class SharedUpload implements AsyncDisposable {
  /** Its name, which tells nothing of the request and which nobody guesses. */
  readonly name: string = randomUUID();
  /** Where it lies. */
  readonly path: string;
  readonly #folder: string;
  readonly #hash = createHash("sha256");
  #pieces: Uint8Array[] = [];
  #size = 0;
  #file: FileHandle | undefined;

  /** @param folder The folder that all workers see. */
  constructor(folder: string) {
    this.#folder = join(folder, RECEIVED);
    this.path = join(this.#folder, this.name);
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#size;
  }

  /** Takes a piece. It may not be written to before `flush` has resolved. */
  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** Writes what was taken. Requires `--allow-write` permission for the folder. */
  async flush(): Promise<void> {
    if (this.#pieces.length === 0) return;
    this.#file ??= await this.#open();
    const pieces = this.#pieces;
    this.#pieces = [];
    for (const piece of pieces) {
      this.#hash.update(piece);
      await this.#file.writeFile(piece);
    }
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true });
    return await open(this.path, "wx", MODE);
  }

  /** Ends it, and says what a job says of it. */
  async finish(): Promise<FolderSound> {
    await this.flush();
    // Other machines see what was written once it is closed.
    await this.#file?.close();
    this.#file = undefined;
    return { kind: "folder", path: `${RECEIVED}/${this.name}`, sha256: this.#hash.digest("hex") };
  }

  /** Removes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pieces = [];
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
    await rm(this.path, { force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Removes what servers left behind that died. */
export async function removeLeftBehind(folder: string): Promise<void> {
  const received = join(folder, RECEIVED);
  const before = Date.now() - LEFT_BEHIND * 1000;
  for (const name of await readdir(received).catch(() => [])) {
    const path = join(received, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < before) await rm(path, { force: true }).catch(() => {});
  }
}

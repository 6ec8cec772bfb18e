/** Files that are written once, hashed meanwhile and there to stay. */
import { type FileHandle, open } from "node:fs/promises";
import { writeFully } from "../../bytes/fully.ts";
import { identityOf } from "../../checkpoint/file_identity.ts";
import { createSha256 } from "../../checkpoint/hash.ts";
import { type FileNote, noteOf } from "./manifest.ts";

/** A file that is written from its start to its end, and hashed meanwhile. */
export class HashedOutput {
  readonly #handle: FileHandle;
  readonly #hash = createSha256();
  length = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    await writeFully(this.#handle, bytes, this.length);
    this.length += bytes.length;
  }

  /** Makes it durable, and notes what it is. */
  async finish(): Promise<FileNote> {
    await this.#handle.sync();
    return noteOf(identityOf(await this.#handle.stat({ bigint: true })), this.#hash.digest("hex"));
  }
}

/** Writes a file, makes it durable, and notes what it is. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<FileNote> {
  const handle = await open(path, "w");
  try {
    const output = new HashedOutput(handle);
    await output.write(bytes);
    return await output.finish();
  } finally {
    await handle.close();
  }
}

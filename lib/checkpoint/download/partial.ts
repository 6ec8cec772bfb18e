/**
 * A checkpoint on its way: the file `<sha256>.partial` in the cache, the hash of its bytes so far, and what is
 * needed to go on with it later. Getting its final name by a rename is the only way into the cache.
 */
import type { Hash } from "node:crypto";
import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { writeFully } from "../../bytes/fully.ts";
import { type FileIdentity, identityOf } from "../file_identity.ts";
import { whenFree } from "../files_in_use.ts";
import { BLOCK_SIZE, createSha256, hashFile } from "../hash.ts";
import { LockLostError } from "./lock.ts";

/** What says that an address still has the same file: its strong `ETag`, or its `Last-Modified`. */
export interface Validator {
  /** The address, without the secrets it may hold. */
  readonly url: string;
  /** The value for `If-Range`. */
  readonly value: string;
}

/** Gives the path of the note beside a partial file that keeps its validator. */
export function validatorPath(partial: string): string {
  return `${partial}.etag`;
}

/** Bytes after which what was written is sent to the disk: less is left to wait for at the end (measured). */
const SYNC_INTERVAL = 64 * BLOCK_SIZE;

/** Chunks of this size are written as they are, smaller ones are collected first. */
const DIRECT_SIZE = 1 << 16;

/** An open partial file. Whoever opened it publishes or disposes it; disposed, it stays to be resumed. */
export class PartialFile implements AsyncDisposable {
  /** Where it is. */
  readonly path: string;
  readonly #beforeWrite: () => Promise<void>;
  readonly #blocks = [new Uint8Array(BLOCK_SIZE), new Uint8Array(BLOCK_SIZE)];
  #handle: FileHandle | undefined;
  #hash: Hash = createSha256();
  #stored = 0; // bytes given to the file
  #filled = 0; // bytes of the first block, not yet given to the file
  #writing: Promise<void> = Promise.resolve();
  #syncing: Promise<void> | undefined;
  #nextSync = SYNC_INTERVAL;
  #fault: Error | undefined;
  #validator: Validator | undefined;

  private constructor(path: string, handle: FileHandle, beforeWrite: () => Promise<void>) {
    this.path = path;
    this.#handle = handle;
    this.#beforeWrite = beforeWrite;
  }

  /**
   * Opens the partial file at `path`, or creates it. The bytes it has are hashed.
   *
   * @param options.beforeWrite Called before each write; what it throws stops the writing.
   * @param options.onBytes Called with the number of bytes hashed so far and the size.
   */
  static async open(
    path: string,
    options: {
      beforeWrite: () => Promise<void>;
      signal?: AbortSignal;
      onBytes?: (hashed: number, size: number) => void;
    },
  ): Promise<PartialFile> {
    const handle = await open(path, "r+").catch((error) => {
      if (error.code !== "ENOENT") throw error;
      return create(path);
    });
    const partial = new PartialFile(path, handle, options.beforeWrite);
    try {
      const { size } = await handle.stat();
      const onBytes = (hashed: number) => options.onBytes?.(hashed, size);
      partial.#stored = await hashFile(handle, partial.#hash, { signal: options.signal, onBytes });
      if (size > 0) partial.#validator = await readValidator(path);
      return partial;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes it has. */
  get size(): number {
    return this.#stored + this.#filled;
  }

  /** Why it could not be written, if it could not. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  /** What `If-Range` may say to `url`. */
  validatorFor(url: string): string | undefined {
    return this.#validator?.url === url ? this.#validator.value : undefined;
  }

  /** Keeps what says that an address still has the same file. */
  async setValidator(validator: Validator | undefined): Promise<void> {
    this.#validator = validator;
    if (validator === undefined) await rm(validatorPath(this.path), { force: true });
    else await writeFile(validatorPath(this.path), JSON.stringify(validator)).catch(() => {}); // An aid, no more.
  }

  /** The SHA-256 of the bytes it has. */
  digest(): Buffer {
    return this.#hash.copy().digest();
  }

  /** Gives the stream that appends to it, hashing the bytes as they pass. After an abort, another goes on. */
  writable(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: (chunk) => this.#guard(() => this.#append(chunk)),
      close: () => this.#guard(() => this.#flush()),
    });
  }

  /** Starts over, in a new file: another process that still writes to the old one does no harm. */
  async reset(): Promise<void> {
    await this.#guard(async () => {
      await this.#writing;
      await this.#beforeWrite();
      await this.#close();
      await this.#remove();
      this.#handle = await create(this.path);
      this.#hash = createSha256();
      this.#stored = this.#filled = 0;
    });
  }

  /**
   * Makes its bytes durable, and gives it its final name. It is closed then.
   *
   * @returns The identity of the very file that was written.
   */
  async publish(path: string): Promise<FileIdentity> {
    return await this.#guard(async () => {
      await this.#flush();
      const handle = this.#handle!;
      await handle.sync();
      await this.#beforeWrite();
      const written = await handle.stat({ bigint: true });
      const named = await stat(this.path, { bigint: true }).catch(() => undefined);
      if (named?.ino !== written.ino) throw new LockLostError(`Another process took ${this.path}`);
      // A process that still runs from the file to be replaced holds it, on Windows.
      await whenFree(() => rename(this.path, path));
      const identity = identityOf(await handle.stat({ bigint: true }));
      await this.#close();
      await rm(validatorPath(this.path), { force: true });
      return identity;
    });
  }

  /** Closes it, with all bytes that arrived; an empty one is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#guard(() => this.#flush()).catch(() => {}); // `fault` has it; what is there is there.
    await this.#close();
    if (this.#fault instanceof LockLostError) return;
    if ((await stat(this.path).catch(() => undefined))?.size === 0) await this.#remove();
  }

  async #append(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    if (chunk.byteLength >= DIRECT_SIZE) {
      await this.#startBlock();
      return await this.#startWrite(chunk);
    }
    for (let taken = 0; taken < chunk.byteLength;) {
      const part = chunk.subarray(taken, taken + BLOCK_SIZE - this.#filled);
      this.#blocks[0].set(part, this.#filled);
      this.#filled += part.byteLength;
      taken += part.byteLength;
      if (this.#filled === BLOCK_SIZE) await this.#startBlock();
    }
  }

  /** Hands the block over to the file; the other one takes the next bytes. */
  async #startBlock(): Promise<void> {
    if (this.#filled === 0) return;
    await this.#startWrite(this.#blocks[0].subarray(0, this.#filled));
    this.#filled = 0;
    this.#blocks.reverse();
  }

  /** Writes, when the write before is done; does not wait for this one. */
  async #startWrite(bytes: Uint8Array): Promise<void> {
    await this.#writing;
    await this.#beforeWrite();
    this.#writing = writeFully(this.#handle!, bytes, this.#stored);
    this.#writing.catch(() => {}); // The next write or flush reports it.
    this.#stored += bytes.byteLength;
    if (this.#stored >= this.#nextSync) this.#startSync();
  }

  #startSync(): void {
    this.#nextSync = this.#stored + SYNC_INTERVAL;
    this.#syncing ??= this.#handle!.datasync()
      .catch((error) => void (this.#fault ??= error))
      .finally(() => this.#syncing = undefined);
  }

  async #flush(): Promise<void> {
    await this.#startBlock();
    await this.#writing;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#fault !== undefined) throw this.#fault;
    try {
      return await work();
    } catch (error) {
      this.#fault ??= error as Error;
      throw error;
    }
  }

  async #close(): Promise<void> {
    await this.#syncing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #remove(): Promise<void> {
    await whenFree(() => rm(this.path, { force: true }));
    await this.setValidator(undefined);
  }
}

async function create(path: string): Promise<FileHandle> {
  return await whenFree(() => open(path, "wx+")).catch((error) => {
    throw error.code === "EEXIST" ? new LockLostError(`Another process created ${path}`) : error;
  });
}

async function readValidator(partial: string): Promise<Validator | undefined> {
  try {
    const { url, value } = JSON.parse(await readFile(validatorPath(partial), "utf8"));
    return typeof url === "string" && typeof value === "string" ? { url, value } : undefined;
  } catch {
    return undefined;
  }
}

/** Audio as bytes that can be read at any offset. */
import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { readFully } from "../../bytes/fully.ts";

/** Reads `length` bytes at `offset`, fewer only where the input ends before. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** Bytes that can be read at any offset. Whoever opened it disposes it. */
export interface AudioInput extends AsyncDisposable {
  /** How messages call it: the path in quotes, the address, "the audio bytes". */
  readonly name: string;
  /** The path, if it is a regular file. */
  readonly path?: string;
  /** The number of bytes. */
  readonly size: number;
  /**
   * Reads `length` bytes at `offset`, fewer only if the input ends before.
   *
   * @param into Where they may be put: it has room for as many.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /**
   * Fills `bytes` with what is at `offset`, at once, where that can be done. Gives how many there are, fewer only
   * where the input ends.
   */
  readSync?(offset: number, bytes: Uint8Array): number;
}

/** An input that can be read at once. */
export type ReadableAudio = AudioInput & Required<Pick<AudioInput, "readSync">>;

/** Makes an input of bytes in memory. */
export function ofBytes(bytes: Uint8Array, name: string): ReadableAudio {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    readSync(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Makes an input of a part of another, which it disposes. It has no path: whoever opened that would read the whole. */
export function partOf(input: AudioInput, start: number, end = input.size): AudioInput {
  const size = Math.max(0, Math.min(end, input.size) - start);
  const within = (offset: number, length: number) => Math.max(0, Math.min(length, size - offset));
  return {
    name: input.name,
    size,
    read: (offset, length, into) => input.read(start + offset, within(offset, length), into),
    readSync: input.readSync &&
      ((offset, bytes) => input.readSync!(start + offset, bytes.subarray(0, within(offset, bytes.length)))),
    [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
  };
}

/** Makes an input of another that somebody else disposes. */
export function borrowed(input: AudioInput): AudioInput {
  return {
    name: input.name,
    path: input.path,
    size: input.size,
    read: (offset, length, into) => input.read(offset, length, into),
    readSync: input.readSync && ((offset, bytes) => input.readSync!(offset, bytes)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Makes an input of a `Blob`. */
export function ofBlob(blob: Blob): AudioInput {
  return {
    name: "the audio blob",
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * Makes an input of an open file.
 *
 * @param path Where it is, if it has a name.
 * @param owner What is disposed with the input. Default: the handle is closed.
 */
export function ofHandle(
  handle: FileHandle,
  name: string,
  path: string | undefined,
  size: number,
  owner: AsyncDisposable = { [Symbol.asyncDispose]: () => handle.close() },
): ReadableAudio {
  return {
    name,
    path,
    size,
    async read(offset, length, into) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = into?.subarray(0, wanted) ?? new Uint8Array(wanted);
      return bytes.subarray(0, await readFully(handle, bytes, offset));
    },
    readSync: (offset, bytes) =>
      fill(bytes, (filled) => readSync(handle.fd, bytes, filled, bytes.length - filled, offset + filled)),
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  };
}

/** Reads until there is no more room or no more to read. */
function fill(bytes: Uint8Array, read: (filled: number) => number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = read(filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

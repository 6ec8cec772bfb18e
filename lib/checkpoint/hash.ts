/**
 * SHA-256 of files as a stream, in constant memory. `node:crypto` does the hashing: it uses the processor's
 * SHA instructions in both runtimes, which `@std/crypto`'s streams do not.
 */
import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { crypto } from "../std.ts";

/** Bytes read or written at once. */
export const BLOCK_SIZE = 1 << 20;

/** Starts a SHA-256. */
export function createSha256(): Hash {
  return createHash("sha256");
}

/**
 * Reads an open file from its start to its end, one block ahead of whoever takes them. A block is overwritten
 * after two more have been taken.
 */
export function readBlocks(handle: FileHandle): ReadableStream<Uint8Array<ArrayBuffer>> {
  const blocks = Array.from({ length: 4 }, () => new Uint8Array(BLOCK_SIZE));
  let index = 0;
  let position = 0;
  let reading: ReturnType<typeof readNext>;

  function readNext(): Promise<{ bytesRead: number; buffer: Uint8Array<ArrayBuffer> }> {
    const result = handle.read(blocks[index++ % blocks.length], 0, BLOCK_SIZE, position);
    result.catch(() => {}); // pull() reports it, unless the stream was cancelled first.
    return result;
  }

  return new ReadableStream({
    start() {
      reading = readNext();
    },
    async pull(controller) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return controller.close();
      position += bytesRead;
      reading = readNext();
      controller.enqueue(buffer.subarray(0, bytesRead));
    },
    async cancel() {
      await reading.catch(() => {}); // The caller may close the file as soon as this returns.
    },
  }, { highWaterMark: 0 });
}

/**
 * Feeds an open file to a hash.
 *
 * @param onBytes Called with the number of bytes hashed so far.
 * @returns The number of bytes hashed.
 */
export async function hashFile(
  handle: FileHandle,
  hash: Hash,
  options: { signal?: AbortSignal; onBytes?: (hashed: number) => void } = {},
): Promise<number> {
  let hashed = 0;
  const sink = new WritableStream<Uint8Array>({
    write(block) {
      hash.update(block);
      options.onBytes?.(hashed += block.byteLength);
    },
  });
  await readBlocks(handle).pipeTo(sink, { signal: options.signal });
  return hashed;
}

/** Tells whether a digest is the one that hexadecimal text names. */
export async function isDigest(digest: Uint8Array, hexadecimal: string): Promise<boolean> {
  const wanted = new Uint8Array(hexadecimal.match(/../g)?.map((byte) => parseInt(byte, 16)) ?? []);
  const { timingSafeEqual } = await crypto();
  return digest.byteLength === wanted.byteLength && timingSafeEqual(digest, wanted);
}

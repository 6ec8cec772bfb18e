/** A file with some of its bytes replaced, for what the decoders read otherwise than it is written. */
import type { ReadableInput } from "./compressed_recording.ts";

/** Bytes that stand for those of a file. */
export interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Gives a file with patches on it.
 *
 * @param patches In the order of their offsets, none overlapping another.
 */
export function withPatches(source: ReadableInput, patches: readonly Patch[]): ReadableInput {
  if (patches.length === 0) return source;
  return {
    ...source,
    readSync(offset, bytes) {
      const count = source.readSync(offset, bytes);
      for (const patch of patches) overlay(bytes.subarray(0, count), offset, patch);
      return count;
    },
  };
}

/** Puts a patch on bytes that were read at an offset, as far as it is among them. */
function overlay(bytes: Uint8Array, offset: number, { offset: at, bytes: patch }: Patch): void {
  for (let i = 0; i < patch.length; i++) {
    const place = at + i - offset;
    if (place >= 0 && place < bytes.length) bytes[place] = patch[i];
  }
}

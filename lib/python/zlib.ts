/**
 * Python's zlib, as far as it is used: what a text has for a length once it is compressed. The runtimes' own zlib is
 * a patched one that finds other matches: on transcripts the ratio of lengths is off by 0.02 in the median and by
 * 0.25 for one in ten. pako ports the original.
 */
import { onBun } from "../../ffi/system/bun_package.ts";

/** The part of pako that is used. */
interface Pako {
  deflate(bytes: Uint8Array, options: { level: number; legacyHash: boolean }): Uint8Array;
}

let pako: Promise<Pako> | undefined;

async function importPako(): Promise<Pako> {
  try {
    // A literal that needs no import map: it is the same from JSR, from a path and from an address.
    return await import("npm:pako@3.0.3").catch(onBun("pako", "3.0.3")) as Pako;
  } catch (cause) {
    pako = undefined;
    throw new Error("Cannot load the npm package pako: the compression ratio of a text needs it", { cause });
  }
}

/** Gives a function from bytes to the length that Python's `zlib.compress` brings them to, at its default level 6. */
export async function loadCompressedLength(): Promise<(bytes: Uint8Array) => number> {
  const { deflate } = await (pako ??= importPako());
  return (bytes) => deflate(bytes, { level: 6, legacyHash: true }).length;
}

/**
 * Files that are no checkpoint at all, but are often in the place of one.
 */
import type { Case } from "./read.ts";
import { fields } from "./zip.ts";

const encoder = new TextEncoder();

/** A file of some text or bytes. */
function other(what: string, content: string | readonly number[], error: RegExp): Case {
  const bytes = typeof content === "string" ? encoder.encode(content) : Uint8Array.from(content);
  return { what, error, bytes: () => bytes };
}

export const KIND_CASES: readonly Case[] = [
  other("an empty file", "", /the file is empty/),
  other("a single byte", "P", /no known kind/),
  other("nothing but an end record", fields([0x06054b50, 4], [0, 18]), /a zip without entries/),
  other("nothing but zip64 end records", fields([0x06064b50, 4], [0, 94]), /a zip without entries/),
  other("a local header's signature and nothing else", fields([0x04034b50, 4]), /cut short/),
  other("a web page", "\n<!DOCTYPE html><html><body>404</body></html>", /a web page/),
  other("a JSON error", '{"error":"not found"}', /JSON text/),
  other("a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0", /Git LFS pointer/),
  other("the first pickle of a file before PyTorch 1.6", [
    0x80,
    2,
    0x8a,
    10,
    0x6c,
    0xfc,
    0x9c,
    0x46,
    0xf9,
    0x20,
    0x6a,
    0xa8,
    0x50,
    0x19,
    0x2e,
  ], /cut short/),
  other("a bare pickle", [0x80, 2, 0x7d, 0x2e], /a bare pickle/),
  other("a ggml file", [0x6c, 0x6d, 0x67, 0x67, 0, 0, 0, 0, 0, 0], /ggml/),
  other("a GGUF file", "GGUF\0\0\0\0\0\0", /GGUF/),
  other("a CTranslate2 model", [6, 0, 0, 0, 12, 0, ...encoder.encode("WhisperSpec\0")], /CTranslate2/),
  other("a gzip file", [0x1f, 0x8b, 8, 0], /gzip/),
  other("an HDF5 file", [0x89, ...encoder.encode("HDF\r\n")], /HDF5/),
];

/**
 * Small files of the operating system about itself, read by its own functions: the runtimes ask for permission to read
 * anything that lies there.
 */
import process from "node:process";
import { cString } from "../memory.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi } from "../types.ts";

/** The most that is read of a file. */
const LIMIT = 1 << 16;

/** Reads the beginning of a text, up to 64 KiB; nothing where there is no such file. Linux alone has these files. */
export function readSystemText(
  ffi: Ffi,
  path: string,
  { limit = LIMIT, platform = process.platform }: { readonly limit?: number; readonly platform?: string } =
    {},
): string | undefined {
  const { open, read, close } = systemFunctions(ffi, platform, {
    open: { parameters: ["buffer", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const file = open(cString(path), 0);
  if (file < 0) return undefined;
  const bytes = new Uint8Array(new ArrayBuffer(limit));
  let length = 0;
  // What the kernel makes up comes in pieces.
  for (let got = 1; got > 0 && length < limit; length += Math.max(0, got)) {
    got = read(file, bytes.subarray(length), limit - length);
  }
  close(file);
  return new TextDecoder().decode(bytes.subarray(0, length));
}

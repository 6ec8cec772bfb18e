/**
 * The operating system's own functions: the C library on Linux and macOS, `kernel32` and the C runtime on Windows. They
 * are part of every process, so opening them loads nothing.
 */
import type { Ffi, NativeFunction, Signature } from "../types.ts";

/**
 * Where they are, by `process.platform`. musl takes the name `libc.so.6` for its own library; before version 2.34 glibc
 * had the functions about shared libraries in another file.
 */
const FILES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libc.so.6", "libdl.so.2"],
  android: ["libc.so", "libdl.so"],
  darwin: ["/usr/lib/libSystem.B.dylib"],
  win32: ["kernel32.dll", "ucrtbase.dll"],
};

/**
 * Binds functions of the operating system.
 *
 * @throws {Error} when there is no such function; the message names it.
 */
export function systemFunctions<Name extends string>(
  ffi: Ffi,
  platform: string,
  signatures: Readonly<Record<Name, Signature>>,
): Record<Name, NativeFunction> {
  const bound = Object.entries<Signature>(signatures).map(([name, signature]) => {
    for (const file of FILES[platform] ?? ["libc.so"]) {
      try {
        return [name, ffi.open(file, { [name]: signature })[name]];
      } catch (error) {
        // What Deno does not permit is said by its flag.
        if (error instanceof Error && error.name === "NotCapable") throw error;
      }
    }
    throw new Error(`Cannot call ${name}: the operating system "${platform}" has no such function`);
  });
  return Object.fromEntries(bound);
}

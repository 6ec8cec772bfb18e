/**
 * Shared libraries that are found by the system's own search, as a library's dependencies are. The runtimes' functions
 * look in other places too: Bun's in the working directory, where anybody may have put something.
 */
import process from "node:process";
import { cString, ortPath } from "../memory.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi, Pointer } from "../types.ts";

/** Thrown when a shared library cannot be opened; the message is the system's. */
export class SharedLibraryError extends Error {
  override name = "SharedLibraryError";
}

/** A shared library that is open, and stays so. */
export interface SharedLibrary {
  /** The address of a symbol; 0 if there is none of that name. */
  symbol(name: string): Pointer;
}

/** Functions are looked up as they are called. */
const RTLD_LAZY = 1;

/** `LOAD_LIBRARY_SEARCH_DEFAULT_DIRS`, without the working directory. */
const DEFAULT_DIRS = 0x1000;

/**
 * Opens a shared library by its path, or by a name that the system looks for.
 *
 * @throws {SharedLibraryError} when there is none that can be opened.
 */
export function openShared(ffi: Ffi, file: string, platform: string = process.platform): SharedLibrary {
  return platform === "win32" ? openOnWindows(ffi, file) : openByLoader(ffi, file, platform);
}

function openByLoader(ffi: Ffi, file: string, platform: string): SharedLibrary {
  const { dlopen, dlsym, dlerror } = systemFunctions(ffi, platform, {
    dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
    dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
    dlerror: { parameters: [], result: "pointer" },
  });
  const handle = dlopen(cString(file), RTLD_LAZY);
  if (handle === 0) {
    const message = dlerror();
    throw new SharedLibraryError(message === 0 ? `${file}: cannot be opened` : ffi.readCString(message));
  }
  return { symbol: (name) => dlsym(handle, cString(name)) };
}

function openOnWindows(ffi: Ffi, file: string): SharedLibrary {
  const { LoadLibraryExW, GetProcAddress, GetLastError } = systemFunctions(ffi, "win32", {
    LoadLibraryExW: { parameters: ["buffer", "pointer", "i32"], result: "pointer" },
    GetProcAddress: { parameters: ["pointer", "buffer"], result: "pointer" },
    GetLastError: { parameters: [], result: "i32" },
  });
  const handle = LoadLibraryExW(ortPath(file, "win32"), 0, DEFAULT_DIRS);
  if (handle === 0) throw new SharedLibraryError(`${file}: ${windowsReason(GetLastError())}`);
  return { symbol: (name) => GetProcAddress(handle, cString(name)) };
}

/** What the number of an error means, of those that opening gives. */
function windowsReason(code: number): string {
  const MODULE_NOT_FOUND = 126, BAD_IMAGE = 193;
  if (code === MODULE_NOT_FOUND) return "there is no such library, or one that it needs is missing";
  return code === BAD_IMAGE ? "it is for another processor, or damaged" : `error ${code} of Windows`;
}

/** What there is to know of a system on which a library cannot be opened. */
import process from "node:process";
import { ortPath } from "../memory.ts";
import type { Ffi } from "../types.ts";
import { systemFunctions } from "./system_library.ts";

/** What tells why a library cannot be opened. */
export interface SystemFacts {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** As `process.arch` has it. */
  readonly arch: string;
  /** The C library of Linux, if it is known. */
  readonly cLibrary?: { readonly name: "glibc" | "musl"; readonly version?: string };
  /** Those of Microsoft's runtime libraries that Windows does not have. */
  readonly missing?: readonly string[];
}

/** What ONNX Runtime takes from the Visual C++ Redistributable. */
const VISUAL_CPP = [
  "MSVCP140.dll",
  "MSVCP140_1.dll",
  "MSVCP140_ATOMIC_WAIT.dll",
  "VCRUNTIME140.dll",
  "VCRUNTIME140_1.dll",
];

/** Gathers them, by the system's own functions: no runtime tells without further permissions. */
export function gatherSystemFacts(
  ffi: Ffi,
  platform: string = process.platform,
  arch: string = process.arch,
): SystemFacts {
  try {
    if (platform === "linux") return { platform, arch, cLibrary: cLibrary(ffi) };
    if (platform === "win32") return { platform, arch, missing: missingLibraries(ffi) };
  } catch {
    // What cannot be found out is left out.
  }
  return { platform, arch };
}

function cLibrary(ffi: Ffi): SystemFacts["cLibrary"] {
  const signature = { parameters: [], result: "pointer" } as const;
  try {
    const { gnu_get_libc_version } = systemFunctions(ffi, "linux", { gnu_get_libc_version: signature });
    return { name: "glibc", version: ffi.readCString(gnu_get_libc_version()) };
  } catch {
    // A C library all the same, that is not glibc.
    systemFunctions(ffi, "linux", { strlen: { parameters: ["buffer"], result: "i32" } });
    return { name: "musl" };
  }
}

function missingLibraries(ffi: Ffi): string[] {
  const { LoadLibraryW } = systemFunctions(ffi, "win32", {
    LoadLibraryW: { parameters: ["buffer"], result: "pointer" },
  });
  return VISUAL_CPP.filter((name) => LoadLibraryW(ortPath(name, "win32")) === 0);
}

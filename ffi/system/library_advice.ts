/**
 * What helps where ONNX Runtime's library is there and the system cannot open it: installing it again would not.
 */
import process from "node:process";

/** The environment variable that names the shared library. */
export const LIBRARY_VARIABLE = "ORT_DYLIB_PATH";

/** A sentence for what the system's loader said, if it is known what that means. */
export function openingAdvice(detail: string, platform: string = process.platform): string | undefined {
  if (platform === "linux" && /ld-linux|GLIBC_/.test(detail)) {
    return "This build needs glibc 2.28 or newer: take a newer system, or name a build for this one (as for musl) in " +
      LIBRARY_VARIABLE;
  }
  if (platform === "linux" && /libstdc\+\+|libgcc_s|GLIBCXX_|CXXABI_/.test(detail)) {
    return "This build needs the C++ runtime of GCC 7 or newer: install it (Debian's package is libstdc++6)";
  }
  // Windows names the library that was asked for, not the one that is missing.
  if (platform === "win32") return "It needs Microsoft's Visual C++ Redistributable: install that first";
  return undefined;
}

/** A sentence for a machine that the npm package has no library for, if there is one to say. */
export function packageAdvice(
  { platform, arch }: { platform: string; arch: string } = process,
): string | undefined {
  if (platform !== "darwin" || arch !== "x64") return undefined;
  return `The package has none for Macs with Intel processors: name another build in ${LIBRARY_VARIABLE}`;
}

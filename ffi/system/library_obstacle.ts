/**
 * Why a system cannot open ONNX Runtime's library although it is there, or has none in the package, and what helps:
 * installing the package again would not. Told by facts alone, which `system_facts.ts` gathers.
 */
import type { SystemFacts } from "./system_facts.ts";

/** The environment variable that names the shared library. */
export const LIBRARY_VARIABLE = "ORT_DYLIB_PATH";

/**
 * What keeps a system from ONNX Runtime: its C library is musl, or a glibc that is too old; the C++ runtime is missing or
 * too old; Windows lacks Microsoft's; it is a Mac with an Intel processor; the package has no build for the system.
 */
export type LibraryObstacle =
  | "musl"
  | "old-glibc"
  | "no-cpp-runtime"
  | "no-visual-cpp"
  | "intel-mac"
  | "unknown-system";

/** What keeps a system from ONNX Runtime, in words. */
export interface Diagnosis {
  readonly obstacle: LibraryObstacle;
  /** What is the matter, to stand after a colon. */
  readonly reason: string;
  /** What helps, as a sentence without its full stop. */
  readonly advice: string;
}

/** The oldest glibc that the builds of the npm package run on. */
const OLDEST_GLIBC = "2.28";

const NAME_ANOTHER = `name a build for this system in ${LIBRARY_VARIABLE}`;

/**
 * Tells why a library that is there cannot be opened.
 *
 * @param detail What the system's loader said.
 * @returns Nothing where the facts do not tell.
 */
export function diagnoseOpening(detail: string, facts: SystemFacts): Diagnosis | undefined {
  if (facts.platform === "linux") return diagnoseLinux(detail, facts);
  if (facts.platform !== "win32" || !facts.missing?.length) return undefined;
  const isArm = facts.arch === "arm64";
  return {
    obstacle: "no-visual-cpp",
    reason: `it needs ${facts.missing.join(", ")}, which this Windows does not have`,
    advice: `Install Microsoft's Visual C++ Redistributable (winget install Microsoft.VCRedist.2015+.${
      isArm ? "arm64" : "x64"
    })`,
  };
}

function diagnoseLinux(detail: string, { cLibrary }: SystemFacts): Diagnosis | undefined {
  const isAboutGlibc = /ld-linux|GLIBC_/.test(detail);
  if (cLibrary?.name === "musl" || (cLibrary === undefined && /ld-linux/.test(detail))) {
    return {
      obstacle: "musl",
      reason: `the C library of this system is musl, and this build needs glibc ${OLDEST_GLIBC} or newer`,
      advice: `Take a system with glibc (Debian in place of Alpine), or ${NAME_ANOTHER}`,
    };
  }
  const version = cLibrary?.version;
  if (isAboutGlibc || (version !== undefined && isOlder(version, OLDEST_GLIBC))) {
    return {
      obstacle: "old-glibc",
      reason: `glibc is ${version ?? "too old"} here, and this build needs ${OLDEST_GLIBC} or newer`,
      advice: "Take a newer system (Debian 10, Ubuntu 20.04, RHEL 8, Amazon Linux 2023 or newer), or " +
        NAME_ANOTHER,
    };
  }
  if (/libstdc\+\+|libgcc_s|GLIBCXX_|CXXABI_/.test(detail)) {
    return {
      obstacle: "no-cpp-runtime",
      reason: `the C++ runtime of GCC 7 or newer is ${/version/.test(detail) ? "older" : "missing"} here`,
      advice: "Install it: the package is libstdc++6 on Debian and Ubuntu, libstdc++ on Red Hat's systems",
    };
  }
  return undefined;
}

function isOlder(version: string, wanted: string): boolean {
  const [a, b] = [version, wanted].map((text) => text.split(".").map(Number));
  return a[0] !== b[0] ? a[0] < b[0] : a[1] < b[1];
}

/** Tells why the npm package has no library for a system. */
export function diagnosePackage({ platform, arch }: Pick<SystemFacts, "platform" | "arch">): Diagnosis {
  if (platform === "darwin" && arch === "x64") {
    return {
      obstacle: "intel-mac",
      reason: "it has no library for Macs with Intel processors",
      advice: `On a Mac with Apple's processor take the arm64 build of this runtime; on one with Intel's, ${
        NAME_ANOTHER.replace("this system", "it")
      } (Homebrew's package onnxruntime has one)`,
    };
  }
  return {
    obstacle: "unknown-system",
    reason: `it has no library for ${platform} on ${arch}`,
    advice: `Give the path of a build for this system as the library option or in ${LIBRARY_VARIABLE}`,
  };
}

/**
 * The libraries that ONNX Runtime's CUDA provider needs of NVIDIA's toolkit: which of them the system does not find, and
 * which package has each. ONNX Runtime names the first alone, and cuDNN as the first convolution runs. Those that Python
 * has are opened from where they lie, so that the provider finds them open.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { elfDependencies } from "../../system/elf_dependencies.ts";
import { openShared, SharedLibraryError } from "../../system/shared_library.ts";
import type { Ffi } from "../../types.ts";
import { toolkitPackage } from "./toolkit_packages.ts";

/** A library of the toolkit that is not there, or not to be opened. */
export interface MissingLibrary {
  /** As the provider names it: `"libcublas.so.12"`. */
  readonly file: string;
  /** Why it is not opened, in the system's words. */
  readonly reason: string;
  /** Python's package that has it. */
  readonly package?: string;
}

/** What a provider needs, and what of it is missing. */
export interface Toolkit {
  /** The version of CUDA that it was built for, as far as the names of its libraries tell. */
  readonly cudaVersion?: number;
  readonly missing: readonly MissingLibrary[];
}

/**
 * What the provider opens by itself, if none of its dependencies is called so: convolutions need cuDNN. Releases from
 * 1.19 on are built for its version 9.
 */
const CUDNN = "libcudnn.so.9";

/** The version of CUDA of most builds, where names do not tell. */
const USUAL_VERSION = 12;

/** Libraries whose number is that of CUDA. */
const NUMBERED = /^lib(?:cudart|cublas|cublasLt)\.so\.(\d+)/;

/**
 * Looks at what a provider needs.
 *
 * @param provider The path of `libonnxruntime_providers_cuda.so`.
 * @param sitePackages Folders of Python's packages that may have the toolkit.
 * @returns Nothing where that cannot be told: on other systems than Linux.
 */
export function examineToolkit(
  ffi: Ffi,
  provider: string,
  sitePackages: readonly string[],
): Toolkit | undefined {
  const dependencies = dependenciesOf(provider);
  if (dependencies === undefined) return undefined;
  const { needed, folders } = dependencies;
  const version = needed.map((name) => NUMBERED.exec(name)?.[1]).find((number) => number !== undefined);
  const cudaVersion = version === undefined ? undefined : Number(version);
  const wanted = needed.filter((name) => toolkitPackage(name, USUAL_VERSION) !== undefined);
  if (!wanted.some((name) => name.startsWith("libcudnn"))) wanted.push(CUDNN);
  const own = folders.map((folder) => folder.replaceAll(/\$\{?ORIGIN\}?/g, dirname(provider)));
  const places = [...own, dirname(provider), ...sitePackages.flatMap(toolkitFolders)];
  const missing = wanted.flatMap((file): MissingLibrary[] => {
    const reason = open(ffi, file, places);
    if (reason === undefined) return [];
    return [{ file, reason, package: toolkitPackage(file, cudaVersion ?? USUAL_VERSION) }];
  });
  return { cudaVersion, missing };
}

/** Opens a library where the system finds it, else in one of some folders; or says why that is not done. */
function open(ffi: Ffi, file: string, folders: readonly string[]): string | undefined {
  let reason: string | undefined;
  for (const place of [file, ...folders.map((folder) => join(folder, file)).filter(existsSync)]) {
    try {
      openShared(ffi, place);
      return undefined;
    } catch (error) {
      if (!(error instanceof SharedLibraryError)) throw error;
      // One that is there and cannot be opened says more than one that is not.
      reason = error.message;
    }
  }
  return reason;
}

/** Where Python's packages of NVIDIA's keep libraries: `nvidia/<part>/lib`. */
function toolkitFolders(sitePackages: string): string[] {
  const root = join(sitePackages, "nvidia");
  try {
    return readdirSync(root).map((part) => join(root, part, "lib"));
  } catch {
    return [];
  }
}

function dependenciesOf(path: string): ReturnType<typeof elfDependencies> {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    return elfDependencies((offset, length) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
    });
  } finally {
    closeSync(file);
  }
}

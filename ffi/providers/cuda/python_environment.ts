/** Python's packages: the build of ONNX Runtime for CUDA that the active environment has, and NVIDIA's libraries. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";

/** Variables that name the folder of the active environment. */
const ENVIRONMENT_VARIABLES = ["VIRTUAL_ENV", "CONDA_PREFIX"] as const;

/** Where `onnxruntime-gpu` keeps ONNX Runtime, and what makes it a build for CUDA. */
const CAPI = ["onnxruntime", "capi"];
const PROVIDER = /^(?:lib)?onnxruntime_providers_cuda\.(?:so|dll)$/;
const LIBRARY = /^(?:libonnxruntime\.so\.\d+(?:\.\d+)*|onnxruntime\.dll)$/;

/** The folders of packages of the environments that are active. */
export function activeSitePackages(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string[] {
  return ENVIRONMENT_VARIABLES.flatMap((name) => {
    const root = valueOf(environment, name);
    return root ? sitePackagesOf(root) : [];
  });
}

/** The folder of packages that a build of ONNX Runtime lies in, if it is Python's. */
export function sitePackagesAround(library: string): string[] {
  const folder = dirname(library);
  const isPackage = basename(folder) === CAPI[1] && basename(dirname(folder)) === CAPI[0];
  return isPackage ? [dirname(dirname(folder))] : [];
}

/** The build of ONNX Runtime for CUDA in the active environment, if it has one. */
export function pythonCudaLibrary(
  environment?: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (const folder of activeSitePackages(environment)) {
    const files = filesOf(join(folder, ...CAPI));
    const library = files.find((name) => LIBRARY.test(name));
    if (library !== undefined && files.some((name) => PROVIDER.test(name))) {
      return join(folder, ...CAPI, library);
    }
  }
}

/** `lib/python3.12/site-packages`, or `Lib\site-packages` on Windows. */
function sitePackagesOf(root: string): string[] {
  const versions = filesOf(join(root, "lib")).filter((name) => /^python\d/.test(name));
  const folders = [...versions.map((name) => join(root, "lib", name)), join(root, "Lib")];
  return folders.map((folder) => join(folder, "site-packages")).filter(existsSync);
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A variable that Deno does not permit to be read is one that is not set. */
function valueOf(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  try {
    return environment[name];
  } catch {
    return undefined;
  }
}

/** The npm package `onnxruntime-node`, as far as it is used: the shared library in it. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { tooOldLibrary, UnusableLibraryError } from "../errors/library_load_error.ts";
import { isTooOld } from "../onnxruntime_version.ts";
import type { Ffi } from "../types.ts";
import { diagnosePackage } from "./library_obstacle.ts";

/** Its name, by `process.platform` and `process.arch`. */
const PACKAGE_FILES: Readonly<Record<string, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
};

/**
 * Finds the shared library in the npm package.
 *
 * @throws {Error} when there is no package, or none for this system, or it is too old; the message says which.
 */
export async function packageFile(ffi: Pick<Ffi, "resolvePackageFile">): Promise<string> {
  const { platform, arch } = process;
  const name = PACKAGE_FILES[platform];
  if (name === undefined) throw notInPackage();
  const file = `bin/napi-v6/${platform}/${arch}/${name}`;
  const path = await ffi.resolvePackageFile(file);
  if (existsSync(path)) return path;
  // Older packages keep it in another folder.
  const version = packageVersion(path.slice(0, -file.length));
  if (version !== undefined && isTooOld(version)) throw tooOldLibrary(version, path);
  throw notInPackage(path);
}

function notInPackage(path?: string): UnusableLibraryError {
  const { reason, advice, obstacle } = diagnosePackage(process);
  const where = path === undefined ? "" : `: there is no ${path}`;
  return new UnusableLibraryError(reason + where, { advice, obstacle });
}

function packageVersion(folder: string): string | undefined {
  try {
    return JSON.parse(readFileSync(`${folder}package.json`, "utf8")).version;
  } catch {
    return undefined;
  }
}

/**
 * Mends what Bun under Wine does wrong with folders in folders, which it lists in part or not at all (EBADFD) and often cannot
 * remove (EFAULT): both go folder by folder here. Loaded before tests, which take these functions for `node:fs`'s own.
 */
import type * as Fs from "node:fs";
import type * as FsPromises from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

// Not imported: an import would take the functions as they are.
const fs: { -readonly [Name in keyof typeof Fs]: (typeof Fs)[Name] } = process.getBuiltinModule("node:fs");
const promises: { -readonly [Name in keyof typeof FsPromises]: (typeof FsPromises)[Name] } = process
  .getBuiltinModule("node:fs/promises");
const { lstatSync, readdirSync, rmdirSync, rmSync } = fs;

interface ListOptions {
  readonly recursive?: boolean;
  readonly withFileTypes?: boolean;
}

function pathOf(place: string | URL): string {
  return place instanceof URL ? fileURLToPath(place) : place;
}

function pathsIn(folder: string, inner = ""): string[] {
  return readdirSync(join(folder, inner), { withFileTypes: true }).flatMap((entry) => {
    const path = join(inner, entry.name);
    return entry.isDirectory() ? [path, ...pathsIn(folder, path)] : [path];
  });
}

function list(folder: string | URL, options?: ListOptions): unknown {
  return options?.recursive && !options.withFileTypes
    ? pathsIn(pathOf(folder))
    : readdirSync(folder, options as { withFileTypes: true });
}

function remove(path: string | URL, options?: Fs.RmOptions): void {
  const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (!isFolder || !options?.recursive) return rmSync(path, options);
  for (const name of readdirSync(path)) remove(join(pathOf(path), name), options);
  rmdirSync(path);
}

fs.readdirSync = list as typeof fs.readdirSync;
fs.rmSync = remove as typeof fs.rmSync;
promises.readdir =
  ((folder: string | URL, options?: ListOptions) =>
    Promise.try(list, folder, options)) as typeof promises.readdir;
promises.rm =
  ((path: string | URL, options?: Fs.RmOptions) => Promise.try(remove, path, options)) as typeof promises.rm;

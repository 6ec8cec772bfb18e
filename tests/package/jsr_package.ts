/**
 * The package as JSR gives it to npm's clients, and so to Bun: in `node_modules/@jsr`, with the specifiers that only
 * Deno knows rewritten to names. JSR makes JavaScript of the sources too, which Bun does not need.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bunPackageFile } from "../../ffi/system/bun_package.ts";
import { ONNXRUNTIME_VERSION } from "../../ffi/onnxruntime_version.ts";
import { config } from "./packed_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The npm packages it depends on. */
const DEPENDENCIES = { pako: "3.0.3", multipasta: "0.2.8", "onnxruntime-node": ONNXRUNTIME_VERSION };

/** Installs the package, by both its names, and what it depends on under a folder's `node_modules`. */
export function installJsrPackage(folder: string): void {
  const modules = join(folder, "node_modules");
  const installed = join(modules, "@jsr", "sotto__whisper");
  mkdirSync(installed, { recursive: true });
  for (const name of ["mod.ts", "lib", "ffi", "deno.json"]) {
    cpSync(join(ROOT, name), join(installed, name), { recursive: true });
  }
  for (const file of readdirSync(installed, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const path = join(installed, file);
    writeFileSync(path, rewrite(readFileSync(path, "utf8")));
  }
  const manifest = { name: "@jsr/sotto__whisper", type: "module", exports: config.exports };
  writeFileSync(join(installed, "package.json"), JSON.stringify(manifest));
  mkdirSync(join(modules, dirname(config.name)));
  symlinkSync(installed, join(modules, config.name), "junction");
  for (const [name, version] of Object.entries(DEPENDENCIES)) {
    symlinkSync(dirname(bunPackageFile(name, version, "package.json")), join(modules, name), "junction");
  }
}

/** Installs a package of one module under a folder's `node_modules`. */
export function installPackage(folder: string, name: string, source: string): void {
  const installed = join(folder, "node_modules", name);
  mkdirSync(installed, { recursive: true });
  writeFileSync(
    join(installed, "package.json"),
    JSON.stringify({ name, type: "module", exports: "./mod.js" }),
  );
  writeFileSync(join(installed, "mod.js"), source);
}

function rewrite(source: string): string {
  return source
    .replaceAll(/"@std\/(\w+)"/g, '"@jsr/std__$1"')
    .replaceAll(/"npm:([\w-]+)@[\d.]+(\/[^"]*)?"/g, '"$1$2"');
}

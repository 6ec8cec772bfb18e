/**
 * The package as JSR gives it to npm's clients, and so to Bun: in `node_modules/@jsr`, with the specifiers that only
 * Deno knows rewritten to names. JSR makes JavaScript of the sources too, which Bun does not need.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bunPackageFile } from "../../ffi/system/bun_package.ts";
import { ONNXRUNTIME_VERSION } from "../../ffi/onnxruntime_version.ts";
import { placeFolder } from "../place_file.ts";
import { config, packedFiles } from "./packed_files.ts";

/** The npm packages it depends on. */
const DEPENDENCIES = { pako: "3.0.3", multipasta: "0.2.8", "onnxruntime-node": ONNXRUNTIME_VERSION };

/** Installs the package, by both its names, and what it depends on under a folder's `node_modules`. */
export function installJsrPackage(folder: string): void {
  const modules = join(folder, "node_modules");
  const installed = join(modules, "@jsr", "sotto__whisper");
  for (const [file, bytes] of packedFiles()) {
    const path = join(installed, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.endsWith(".ts") ? rewrite(new TextDecoder().decode(bytes)) : bytes);
  }
  const manifest = { name: "@jsr/sotto__whisper", type: "module", exports: config.exports };
  writeFileSync(join(installed, "package.json"), JSON.stringify(manifest));
  mkdirSync(join(modules, dirname(config.name)));
  placeFolder(installed, join(modules, config.name));
  for (const [name, version] of Object.entries(DEPENDENCIES)) {
    placeFolder(dirname(bunPackageFile(name, version, "package.json")), join(modules, name));
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
    .replaceAll(/"jsr:@std\/(\w+)@[^"]*"/g, '"@jsr/std__$1"')
    .replaceAll(/"npm:([\w-]+)@[\d.]+(\/[^"]*)?"/g, '"$1$2"');
}

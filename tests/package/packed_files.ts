/** The files of the package as a registry has them: what `deno.json` publishes, with the names of its import map spelled out. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** As much as is needed of `deno.json`. */
export interface PackageConfig {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
  readonly publish: { readonly include: readonly string[]; readonly exclude: readonly string[] };
}

/** The package's `deno.json`. */
export const config: PackageConfig = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));

/** The files that are published, each by its path in the package, with `/`. */
export function packedFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const entry of config.publish.include) {
    for (const path of filesUnder(entry)) {
      const bytes = readFileSync(join(ROOT, path));
      files.set(path, path.endsWith(".ts") ? spellOut(bytes) : bytes);
    }
  }
  return files;
}

function filesUnder(path: string): string[] {
  if (config.publish.exclude.includes(path)) return [];
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path)).sort().flatMap((name) => filesUnder(`${path}/${name}`));
}

/** JSR's servers know no import maps: names are rewritten as the package is published. */
function spellOut(bytes: Uint8Array): Uint8Array {
  let source = new TextDecoder().decode(bytes);
  for (const [name, address] of Object.entries(config.imports)) {
    source = source.replaceAll(`import("${name}")`, `import("${address}")`);
  }
  return new TextEncoder().encode(source);
}

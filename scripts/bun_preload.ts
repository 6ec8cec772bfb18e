/**
 * Run by Bun before anything else in a clone (see `bunfig.toml`), so that a clone needs no `node_modules`:
 *
 * - `@std/*` come from `node_modules/@jsr` if they are installed there. Otherwise importing them fails at once and
 *   `lib/std.ts` falls back to built-ins; without this Bun would ask the registry at every start.
 * - `npm:` packages come from Bun's own cache, also in `bun test`, which installs nothing by itself.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** What is used of Bun's plugin interface. */
declare const Bun: {
  plugin(definition: { name: string; setup(build: PluginBuilder): void }): void;
};

interface PluginBuilder {
  onResolve(
    of: { filter: RegExp; namespace: string },
    resolve: (args: { path: string }) => { path: string },
  ): void;
  module(specifier: string, load: () => Promise<{ exports: unknown; loader: "object" }>): void;
}

const require = createRequire(import.meta.url);

/** The path of a package, given as `name@version`. */
function resolvePackage(versioned: string): string {
  const name = versioned.slice(0, versioned.lastIndexOf("@"));
  const script = `process.stdout.write(require.resolve(${JSON.stringify(versioned)}))`;
  const attempts = [
    () => require.resolve(versioned),
    () => dirname(require.resolve(`${name}/package.json`)),
    () => execFileSync(process.execPath, ["-e", script], { cwd: tmpdir(), encoding: "utf8" }),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch {
      continue;
    }
  }
  throw new Error(`Cannot find the npm package ${versioned}: install it with "bun add ${versioned}"`);
}

async function loadStd(name: string): Promise<unknown> {
  // Looked for as a file: asking Bun to resolve it would ask the registry.
  const folder = fileURLToPath(new URL(`../node_modules/@jsr/std__${name}`, import.meta.url));
  if (!existsSync(folder)) throw new Error(`Cannot import @std/${name}: it is not installed`);
  return await import(folder);
}

Bun.plugin({
  name: "sotto",
  setup(build) {
    for (const name of ["path", "crypto"]) {
      build.module(`@std/${name}`, async () => ({
        exports: await loadStd(name),
        loader: "object",
      }));
    }
    build.onResolve({ filter: /./, namespace: "npm" }, ({ path }) => ({ path: resolvePackage(path) }));
  },
});

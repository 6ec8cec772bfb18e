/**
 * Where Bun has an npm package. Bun knows no `npm:` addresses. Where no `node_modules` is in sight it installs what is
 * imported with a version in its name, though not in a worker, in `bun test` or in a compiled program: there a Bun of
 * its own is asked.
 */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import nodePath, { dirname, type PlatformPath } from "node:path";
import process from "node:process";

/**
 * Gives the path of a file of a package.
 *
 * @param file The file in it, or nothing for what is imported by the package's name.
 * @throws {Error} when the package is not installed and cannot be.
 */
export function bunPackageFile(name: string, version: string, file?: string): string {
  const inside = file === undefined ? "" : `/${file}`;
  const pinned = `${name}@${version}${inside}`;
  const { resolve } = createRequire(import.meta.url);
  return firstOf([() => resolve(pinned), () => resolve(name + inside), () => resolveInChild(pinned)]);
}

/**
 * Gives what imports a package on Bun where `import("npm:…")`, which is Deno's way, has failed:
 * `import("npm:pako@3.0.3").catch(onBun("pako", "3.0.3"))`. Elsewhere its failure stays.
 */
export function onBun(name: string, version: string): (failure: unknown) => Promise<unknown> {
  return async (failure) => {
    if (!("Bun" in globalThis)) throw failure;
    return await import(bunPackageFile(name, version));
  };
}

/**
 * Gives the path of a file of the folder that another file is in, with the system's own separators throughout.
 *
 * @param file With `/` between its folders.
 */
export function fileBeside(
  other: string,
  file: string,
  path: Pick<PlatformPath, "dirname" | "join"> = nodePath,
): string {
  return path.join(path.dirname(other), file);
}

/** Asks beside the program itself: a settings file in a folder that anybody may write to could run what it likes. */
function resolveInChild(pinned: string): string {
  const script = `process.stdout.write(require.resolve(${JSON.stringify(pinned)}))`;
  return execFileSync(process.execPath, ["--install=force", "-e", script], {
    cwd: dirname(process.execPath),
    // What was compiled with Bun is a Bun too.
    env: { ...process.env, BUN_BE_BUN: "1" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function firstOf(attempts: readonly (() => string)[]): string {
  let failure: unknown;
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** npm packages that only tests use, on both runtimes. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** A package, or why there is none. */
export interface NpmPackage<Module> {
  readonly module: Module;
  readonly missing: string | undefined;
}

/**
 * Imports a package, or a part of one.
 *
 * @param name As `"openai"`, or `"openai/realtime/ws"`.
 * @param onDeno The import, with a literal, so that its types are known.
 */
export async function npmPackage<Module>(
  name: string,
  version: string,
  onDeno: () => Promise<Module>,
): Promise<NpmPackage<Module>> {
  try {
    const module = "Deno" in globalThis ? await onDeno() : await import(install(name, version)) as Module;
    return { module, missing: undefined };
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    return { module: undefined as Module, missing: `npm's ${name} cannot be had: ${why}` };
  }
}

/** Installs a package with what it needs where it is forgotten when the tests end. */
function install(name: string, version: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sotto-npm-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), "{}");
  const [whole] = /^(@[^/]+\/)?[^/]+/.exec(name)!;
  const args = ["add", "--silent", "--no-save", "--ignore-scripts", `${whole}@${version}`];
  execFileSync(process.execPath, args, { cwd: folder, stdio: "pipe" });
  return createRequire(join(folder, "importer.js")).resolve(name);
}

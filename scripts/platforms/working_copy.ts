/** A copy of this clone, with what is not committed yet, for another system to write in. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { run, say } from "./steps.ts";

/** The top of this clone. */
export const CLONE = fileURLToPath(new URL("../../", import.meta.url));

/** Copies the files of this clone into a folder, anew. */
export function copyClone(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const list = "git ls-files --cached --others --exclude-standard -z";
  run(["sh", "-c", `${list} | tar -c --null --files-from=- | tar -x -C "$1"`, "sh", folder], { cwd: CLONE });
  return folder;
}

/** The state of this clone in words: its commit, and whether something is not committed yet. */
export function stateOfClone(): string {
  const git = (...args: string[]) => run(["git", ...args], { cwd: CLONE }).trim();
  return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : " with changes");
}

/** Fetches the packages that files of a copy import, with this machine's Deno: theirs would take long. */
export function fetchPackages(clone: string, cache: string, files: readonly string[]): void {
  say("Fetching the packages of Deno's cache");
  run([process.execPath, "cache", "--quiet", "--no-check", ...files], {
    cwd: clone,
    env: { ...process.env, DENO_DIR: cache },
  });
}

/** The test files of a copy, with `/` between folders, but for those that end with one of `left`. */
export function testFilesOf(folder: string, left: readonly string[] = []): string[] {
  return readdirSync(join(folder, "tests"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_test.ts") && !left.some((ending) => file.endsWith(ending)))
    .map((file) => `tests/${file}`)
    .sort();
}

/** Which files of tests there are. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { isFast } from "./fast_tests.ts";

/** All files of tests, from the top of the tree, each with `./` before it. */
function testFiles(): string[] {
  return readdirSync("tests", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_test.ts"))
    .map((file) => `./${join("tests", file)}`)
    .sort();
}

/** Those that need no model and no program. */
function fastFiles(): string[] {
  const read = (file: string) => existsSync(file) ? readFileSync(file, "utf8") : "";
  return testFiles().filter((file) => isFast(file.slice(2).replaceAll(sep, "/"), read));
}

/** The files that a command line means: those it names, with `--fast` the fast ones, else all. */
export function wantedFiles(args: readonly string[]): readonly string[] {
  if (args.length === 0) return testFiles();
  return args[0] === "--fast" ? fastFiles() : args;
}

#!/usr/bin/env -S deno run -A
/**
 * Changes the pure parts of the library one thing at a time, runs their tests on Deno, or on Bun, which takes half as
 * long, and tells which changes no test saw. What is known to make no difference stands, with its reason, in
 * `mutation/survivors.ts`.
 *
 *     deno run -A scripts/mutate.ts [--bun] [--every N] [lib/timing/dtw.ts …]
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mutantsOf } from "./mutation/mutants.ts";
import { MUTATED } from "./mutation/targets.ts";
import { SURVIVORS } from "./mutation/survivors.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** A change counts as seen when tests take this many times as long as without it: it made a loop without an end. */
const SLOWER = 20;

/** Milliseconds that tests may take in any case: a machine may have become busy. */
const PATIENCE = 60_000;

/** Kilobytes that a run of tests may take: a loop without an end may fill an array, and the machine. */
const MEMORY = 4_000_000;

/** Tells whether tests pass, within so many milliseconds. */
type Passes = (timeout?: number) => boolean;

/** Runs test files in a copy of the tree. Where there is no `sh`, memory has no limit. */
function runnerIn(folder: string, onBun: boolean): (tests: readonly string[], timeout?: number) => boolean {
  const [program, ...args] = onBun
    ? ["bun", "test", "--bail", "--timeout", "600000"]
    : [process.execPath, "test", "--fail-fast", "--allow-all", "--quiet", "--no-check", "--no-remote"];
  const limited = ["-c", `ulimit -d ${MEMORY}; exec "$@"`, "sh", program];
  const [command, first] = process.platform === "win32" ? [program, []] : ["sh", limited];
  return (tests, timeout) => {
    const files = tests.map((test) => `./${test}`);
    const { status, error } = spawnSync(command, [...first, ...args, ...files], {
      cwd: folder,
      stdio: "ignore",
      timeout,
    });
    if (error !== undefined && timeout === undefined) throw error;
    return status === 0;
  };
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { every: { type: "string", default: "1" }, bun: { type: "boolean", default: false } },
  });
  const folder = mkdtempSync(join(tmpdir(), "sotto-mutants-"));
  try {
    for (const name of ["mod.ts", "lib", "ffi", "scripts", "deno.json"]) {
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    }
    const fixtures = join(ROOT, "tests", "fixtures");
    cpSync(join(ROOT, "tests"), join(folder, "tests"), {
      recursive: true,
      filter: (path) => path !== fixtures,
    });
    // Large, and no code: a link to code would lead out of the copy.
    symlinkSync(fixtures, join(folder, "tests", "fixtures"), "junction");
    const run = runnerIn(folder, values.bun);
    let survivors = 0;
    for (const [file, tests] of Object.entries(MUTATED)) {
      if (positionals.length > 0 && !positionals.includes(file)) continue;
      const passes: Passes = (timeout) => run(tests, timeout);
      survivors += mutate(join(folder, file), file, passes, Number(values.every));
    }
    console.log(`${survivors} survived that nobody explained`);
    return survivors === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Tries each mutant of a file, or every so many; gives how many survived that are not explained. */
function mutate(path: string, file: string, passes: Passes, every: number): number {
  const original = readFileSync(path, "utf8");
  const start = performance.now();
  if (!passes()) throw new Error(`The tests of ${file} fail as it is`);
  const timeout = Math.ceil(Math.max(PATIENCE, SLOWER * (performance.now() - start)));
  const mutants = mutantsOf(original).filter((_, i) => i % every === 0);
  let seen = 0, explained = 0, survived = 0;
  for (const { line, change, source } of mutants) {
    writeFileSync(path, source);
    if (!passes(timeout)) seen++;
    else if (SURVIVORS[file]?.[original.split("\n")[line - 1].trim()] !== undefined) explained++;
    else {
      survived++;
      console.log(`${file}:${line}: ${change}`);
    }
  }
  writeFileSync(path, original);
  console.log(`${file}: ${seen} of ${mutants.length} seen, ${explained} explained, ${survived} survived`);
  return survived;
}

process.exitCode = main();

#!/usr/bin/env -S deno run --allow-run --allow-read --allow-write --allow-env
/**
 * Runs the whole suite on Deno and on Bun, a few files a process and two processes at a time; shows what each says in
 * one piece, then which files took longest and once more what failed, and ends with one line that counts both runtimes.
 * Arguments are paths of test files; default: all of `tests/`, or with `--fast` what needs no model and no program.
 * Types are not checked: `deno task check` does that. Bun comes from npm if it is not installed.
 *
 *     deno task test [--fast | tests/lib/audio/wav_test.ts …]
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { whatFailed } from "./suite/failures.ts";
import { secondsOfFiles } from "./suite/seconds.ts";
import { wantedFiles } from "./suite/test_files.ts";
import { type Ended, runTests } from "./suite/test_process.ts";
import { type TestRuntime, testRuntimes } from "./suite/test_runtimes.ts";

/** Files that one process runs: so few that both cores have work to the end. */
const FILES_AT_ONCE = 12;

/** Processes at a time. A model's own threads take what cores there are besides. */
const PROCESSES = 2;

/** How many files are named as those that took longest. */
const SLOWEST = 10;

/** A process to be: some of the files on a runtime. */
interface Portion {
  readonly runtime: TestRuntime;
  readonly files: readonly string[];
}

type Outcome = Portion & Ended;

/** The portions of each runtime in turn, so that neither is left over. */
function portionsOf(files: readonly string[], runtimes: readonly TestRuntime[]): Portion[] {
  const count = Math.ceil(files.length / FILES_AT_ONCE);
  return Array.from({ length: count }, (_, i) => files.slice(i * FILES_AT_ONCE, (i + 1) * FILES_AT_ONCE))
    .flatMap((files) => runtimes.map((runtime) => ({ runtime, files })));
}

/** Runs portions, and shows what each said when it has ended. */
async function runAll(portions: readonly Portion[]): Promise<Outcome[]> {
  const left = [...portions.entries()], outcomes: Outcome[] = [];
  const runNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [i, portion] = next;
      const ended = await runTests([...portion.runtime.command, ...portion.files]);
      outcomes.push({ ...portion, ...ended });
      console.log(`\n${portion.runtime.name}, process ${i + 1} of ${portions.length}:\n${ended.output}`);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, runNext));
  return outcomes;
}

function sayWhatTookLongest({ name }: TestRuntime, outcomes: readonly Outcome[]): void {
  const seconds = outcomes.flatMap(({ output }) => [...secondsOfFiles(output)]);
  const slowest = seconds.sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  console.log(`\nThe longest on ${name}, in seconds:`);
  for (const [file, seconds] of slowest) console.log(`${seconds.toFixed(1).padStart(7)} ${file}`);
}

function sayWhatFailed(outcomes: readonly Outcome[]): void {
  for (const { runtime, output, code } of outcomes) {
    if (code === 0) continue;
    console.log(
      `\n${runtime.name} ended with exit code ${code}. But for what passed:\n\n${whatFailed(output)}`,
    );
  }
}

/** Tells in one line how a runtime fared. A process that fails without counting a failure has failed all the same. */
function sumUp(
  { name, count }: TestRuntime,
  outcomes: readonly Outcome[],
): { passed: number; failed: number } {
  let passed = 0, failed = 0;
  for (const { output, code } of outcomes) {
    const counted = count(output);
    passed += counted.passed;
    failed += Math.max(counted.failed, code === 0 ? 0 : 1);
  }
  if (passed === 0) failed = Math.max(failed, 1);
  console.log(`${name}: ${passed} passed, ${failed} failed`);
  return { passed, failed };
}

async function main(): Promise<number> {
  const files = wantedFiles(process.argv.slice(2));
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`Cannot test ${missing}: there is no such file`);
  const runtimes = await testRuntimes();
  const outcomes = await runAll(portionsOf(files, runtimes));
  const of = (runtime: TestRuntime) => outcomes.filter((outcome) => outcome.runtime === runtime);
  for (const runtime of runtimes) sayWhatTookLongest(runtime, of(runtime));
  sayWhatFailed(outcomes);
  console.log("");
  const sums = runtimes.map((runtime) => sumUp(runtime, of(runtime)));
  const total = (key: "passed" | "failed") => sums.reduce((sum, one) => sum + one[key], 0);
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") === 0 ? 0 : 1;
}

process.exitCode = await main();

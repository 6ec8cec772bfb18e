/** Tests on another system: what failed is told from what that system, which only pretends to be one, does wrong. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { secondsOfFiles } from "../suite/seconds.ts";
import { filesLeft, keepEndedParts, type PartCounts, readEndedParts, sayOtherTrees } from "./ended_parts.ts";
import { testArguments } from "./runtimes.ts";
import { runLong, say } from "./steps.ts";
import {
  type FailedTest,
  type KnownFailure,
  lastFile,
  readNotLoaded,
  readReport,
  sortFailures,
  type TestReport,
} from "./test_report.ts";
import type { Trial } from "./transcription.ts";

/** Files that one process runs: what ends it takes no others along, and what is slow shows early. */
const FILES_AT_ONCE = 12;

/** How many files are named as those that took longest. */
const SLOWEST = 8;

/** What `timeout` ends with when it has ended a process. */
const TIMED_OUT = 124;

/** A test that never ends on a pretended system, or a file none of whose tests can be right, and why: it is not run. */
export interface LeftTest {
  /** Bun alone is told which tests to leave out. */
  readonly runtime: "bun";
  readonly file: string;
  /** Default: all of the file. */
  readonly test?: string;
  readonly reason: string;
}

/** What is known of a pretended system, and how the suite is run there. */
export interface SuiteOptions {
  /** The state of the clone that was copied. */
  readonly tree: string;
  /** Failures that are its own. Default: none. */
  readonly known?: readonly KnownFailure[];
  /** Tests that are not run. Default: none. */
  readonly left?: readonly LeftTest[];
  /** Whether files that another run in the same folder ended well are not run again. Default: no. */
  readonly resume?: boolean;
}

/** Runs test files, and prints each failure with the reason that is known for it, or with its message. */
export async function trySuite(
  trial: Trial,
  files: readonly string[],
  { tree, known = [], left: leftOut = [], resume = false }: SuiteOptions,
): Promise<boolean> {
  const start = performance.now();
  const left = leftOut.filter(({ runtime, file }) => runtime === trial.runtime && files.includes(file));
  for (const { file, test = "all", reason } of left) say(`  skipped: ${file}: ${test} [${reason}]`);
  files = files.filter((name) => !left.some(({ file, test }) => file === name && test === undefined));
  const kept = join(trial.folder, `ended-${trial.runtime}.json`);
  const { within, beside } = readEndedParts(kept, files), parts = resume ? within : [];
  const wanted = filesLeft(files, parts), seconds = new Map<string, number>();
  for (let i = 0; i < wanted.length; i += FILES_AT_ONCE) {
    const part = wanted.slice(i, i + FILES_AT_ONCE);
    const unwanted = left.filter(({ file }) => part.includes(file)).map(({ test }) => test!);
    const { report, output } = await runFiles(trial, i / FILES_AT_ONCE, part, unwanted);
    for (const [file, took] of secondsOfFiles(output)) seconds.set(file, took);
    const { passed, skipped } = report;
    parts.push({ tree, files: part, passed, skipped, ...sayFailures(report.failed, known) });
    keepEndedParts(kept, [...beside, ...parts]);
  }
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  say(`  the longest: ${slowest.map(([file, took]) => `${file} ${Math.round(took)} s`).join(", ")}`);
  const sum = (key: keyof PartCounts) => parts.reduce((sum, part) => sum + part[key], 0);
  say([
    `${trial.runtime}: ${files.length} files of ${tree}${sayOtherTrees(parts, tree)}`,
    `${sum("passed")} passed`,
    `${sum("failed")} failed`,
    `${sum("excused") + left.length} skipped for a fault of the pretended system`,
    `${sum("skipped")} skipped by themselves`,
    `in ${Math.round((performance.now() - start) / 1000)} s`,
  ].join(", "));
  return sum("failed") === 0 && sum("passed") > 0;
}

function sayFailures(
  failed: readonly FailedTest[],
  known: readonly KnownFailure[],
): Pick<PartCounts, "excused" | "failed"> {
  const { excused, unknown } = sortFailures(failed, known);
  for (const { test, reason } of excused) say(`  skipped: ${test.file}: ${test.name} [${reason}]`);
  for (const { file, name, message } of unknown) {
    say(`  FAILED: ${file}: ${name}: ${message.replace(/\s+/g, " ").slice(0, 300)}`);
  }
  return { excused: excused.length, failed: unknown.length };
}

async function runFiles(
  { folder, runtime, command, inside, limit }: Trial,
  part: number,
  files: readonly string[],
  left: readonly string[],
): Promise<{ report: TestReport; output: string }> {
  const name = `tests-${runtime}-${part}.xml`, file = join(folder, name);
  rmSync(file, { force: true });
  const { code, output } = await runLong(command(testArguments(runtime, inside(name), files, left)), {
    log: join(folder, `tests-${runtime}-${part}.log`),
    limit,
    cwd: join(folder, "sotto"),
  });
  const hasReport = existsSync(file);
  const report = hasReport ? readReport(readFileSync(file, "utf8")) : { passed: 0, skipped: 0, failed: [] };
  const failed = [...report.failed, ...readNotLoaded(output)];
  if (code !== 0 && (failed.length === 0 || !hasReport)) {
    const why = code === TIMED_OUT ? `was ended after ${limit} s` : `ended with exit code ${code}`;
    const message = `the process ${why}, and tells nothing of the files after it: ${output.slice(-300)}`;
    failed.push({ file: lastFile(output) ?? files[0], name: "all", message });
  }
  return { report: { ...report, failed }, output };
}

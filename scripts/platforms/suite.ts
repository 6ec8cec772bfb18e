/** Tests on another system: what failed is told from what that system, which only pretends to be one, does wrong. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { testArguments } from "./runtimes.ts";
import { runLong, say } from "./steps.ts";
import { type KnownFailure, readReport, sortFailures, type TestReport } from "./test_report.ts";
import type { Trial } from "./transcription.ts";

/** Files that one process runs: what ends it takes no others along, and what is slow shows early. */
const FILES_AT_ONCE = 12;

/** A test that never ends on a pretended system, or a file none of whose tests can be right, and why: it is not run. */
export interface LeftTest {
  /** Bun alone is told which tests to leave out. */
  readonly runtime: "bun";
  readonly file: string;
  /** Default: all of the file. */
  readonly test?: string;
  readonly reason: string;
}

/** Runs test files, and prints each failure with the reason that is known for it, or with its message. */
export async function trySuite(
  trial: Trial,
  files: readonly string[],
  known: readonly KnownFailure[] = [],
  leftOut: readonly LeftTest[] = [],
): Promise<boolean> {
  const start = performance.now();
  const total = { passed: 0, skipped: 0, excused: 0, failed: 0 };
  const left = leftOut.filter(({ runtime, file }) => runtime === trial.runtime && files.includes(file));
  for (const { file, test = "all", reason } of left) say(`  skipped: ${file}: ${test} [${reason}]`);
  total.excused += left.length;
  files = files.filter((name) => !left.some(({ file, test }) => file === name && test === undefined));
  for (let i = 0; i < files.length; i += FILES_AT_ONCE) {
    const part = files.slice(i, i + FILES_AT_ONCE);
    const unwanted = left.filter(({ file }) => part.includes(file)).map(({ test }) => test!);
    const report = await runFiles(trial, i / FILES_AT_ONCE, part, unwanted);
    total.passed += report.passed;
    total.skipped += report.skipped;
    const { excused, unknown } = sortFailures(report.failed, known);
    total.excused += excused.length;
    total.failed += unknown.length;
    for (const { test, reason } of excused) say(`  skipped: ${test.file}: ${test.name} [${reason}]`);
    for (const { file, name, message } of unknown) {
      say(`  FAILED: ${file}: ${name}: ${message.replace(/\s+/g, " ").slice(0, 300)}`);
    }
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  say(
    `${trial.runtime}: ${files.length} files, ${total.passed} passed, ${total.failed} failed, ${total.excused} skipped ` +
      `for a fault of the pretended system, ${total.skipped} skipped by themselves, in ${seconds} s`,
  );
  return total.failed === 0 && total.passed > 0;
}

async function runFiles(
  { folder, runtime, command, inside, limit }: Trial,
  part: number,
  files: readonly string[],
  left: readonly string[],
): Promise<TestReport> {
  const name = `tests-${runtime}-${part}.xml`, report = join(folder, name);
  rmSync(report, { force: true });
  const { code, output } = await runLong(command(testArguments(runtime, inside(name), files, left)), {
    log: join(folder, `tests-${runtime}-${part}.log`),
    limit,
    cwd: join(folder, "sotto"),
  });
  const told = existsSync(report)
    ? readReport(readFileSync(report, "utf8"))
    : { passed: 0, skipped: 0, failed: [] };
  // Of a file that cannot be loaded Bun's report says nothing.
  const [, outside] = /# Unhandled error between tests\s+-+\s+([^]*)/.exec(output) ?? [];
  if (outside === undefined && (code === 0 || told.failed.length > 0)) return told;
  const message = outside ?? `did not come to their end (${code}): ${output.slice(-300)}`;
  return { ...told, failed: [...told.failed, { file: files[0], name: "and those after it", message }] };
}

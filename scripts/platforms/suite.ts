/** Tests on another system: what failed is told from what that system, which only pretends to be one, does wrong. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { testArguments } from "./runtimes.ts";
import { runLong, say } from "./steps.ts";
import { type KnownFailure, readReport, sortFailures } from "./test_report.ts";
import type { Trial } from "./transcription.ts";

/** Runs test files, and prints each failure with the reason that is known for it, or with its message. */
export async function trySuite(
  { folder, runtime, command, inside, limit }: Trial,
  files: readonly string[],
  known: readonly KnownFailure[] = [],
): Promise<boolean> {
  const name = `tests-${runtime}.xml`, report = join(folder, name);
  rmSync(report, { force: true });
  const { code, seconds, output } = await runLong(command(testArguments(runtime, inside(name), files)), {
    log: join(folder, `tests-${runtime}.log`),
    limit,
    cwd: join(folder, "sotto"),
  });
  if (!existsSync(report)) {
    say(`${runtime}: the tests did not come to their end (${code}): ${output.slice(-1000)}`);
    return false;
  }
  const { passed, skipped, failed } = readReport(readFileSync(report, "utf8"));
  const { excused, unknown } = sortFailures(failed, known);
  for (const { test, reason } of excused) say(`  skipped: ${test.file}: ${test.name} [${reason}]`);
  for (const { file, name, message } of unknown) {
    say(`  FAILED: ${file}: ${name}: ${message.replace(/\s+/g, " ").slice(0, 300)}`);
  }
  say(
    `${runtime}: ${files.length} files, ${passed} passed, ${unknown.length} failed, ${excused.length} skipped for a ` +
      `fault of the pretended system, ${skipped} skipped by themselves, in ${seconds} s`,
  );
  return unknown.length === 0 && passed > 0;
}

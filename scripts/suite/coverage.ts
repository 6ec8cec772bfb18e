#!/usr/bin/env -S deno run -A
/**
 * Tells for each runtime how many of the package's lines the tests run, of those files that they load at all. Arguments are
 * those of `deno task test`. What each runtime takes for a line differs, and so do the figures.
 *
 *     deno task coverage [--fast | tests/lib/audio/wav_test.ts …]
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { whatFailed } from "./failures.ts";
import { countLines } from "./lcov.ts";
import { wantedFiles } from "./test_files.ts";
import { runTests } from "./test_process.ts";
import { testRuntimes } from "./test_runtimes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function main(): Promise<number> {
  const files = wantedFiles(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), "sotto-coverage-"));
  let failed = false;
  try {
    for (const { name, command } of await testRuntimes()) {
      const place = join(folder, name), report = join(place, "lcov.info");
      const options = name === "Deno"
        ? [`--coverage=${place}`, "--coverage-raw-data-only"]
        : ["--coverage", "--coverage-reporter=lcov", `--coverage-dir=${place}`];
      const [program, test, ...rest] = command;
      const { code, output } = await runTests([program, test, ...options, ...rest, ...files]);
      failed ||= code !== 0;
      if (code !== 0) console.log(`${whatFailed(output)}\n`);
      if (name === "Deno") await runTests([program, "coverage", "--lcov", `--output=${report}`, place]);
      if (!existsSync(report)) continue;
      const { lines, run } = countLines(readFileSync(report, "utf8"), ROOT);
      const verdict = code === 0 ? "" : `; tests failed (${code})`;
      console.log(
        `${name}: ${
          (100 * run / lines).toFixed(1)
        } % of ${lines} lines, ${files.length} files of tests${verdict}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return failed ? 1 : 0;
}

process.exitCode = await main();

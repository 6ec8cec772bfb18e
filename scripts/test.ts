#!/usr/bin/env -S deno run --allow-run --allow-read --allow-write --allow-env
/**
 * Runs the whole suite on Deno and on Bun side by side, shows what each says in one piece, then once more what failed,
 * and ends with one line that counts both. Arguments are paths of test files; default: all of `tests/`, or with `--fast` what needs no model and no
 * program. Types are not checked: `deno task check` does that. Bun comes from npm if it is not installed.
 *
 *     deno task test [--fast | tests/lib/audio/wav_test.ts …]
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import process from "node:process";
import { npxCommand } from "./platforms/npx_command.ts";
import { whatFailed, withoutColours } from "./suite/failures.ts";
import { isFast } from "./suite/fast_tests.ts";

/** The version of Bun the suite is known to pass with. */
const BUN_VERSION = "1.4.5";

/** Milliseconds a test may take on Bun, whose own limit of 5 s is too short for a model. */
const BUN_TIMEOUT = 600_000;

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** What a runtime said, and how it ended. */
interface Ended {
  readonly output: string;
  readonly code: number;
}

/**
 * Runs a command with a temporary folder of its own, for some tests count what is left in theirs. What it prints is
 * held back until `shown`.
 */
async function run(command: readonly string[], shown: Promise<unknown>): Promise<Ended> {
  const [file, ...args] = command;
  const folder = mkdtempSync(join(tmpdir(), "sotto-suite-"));
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env });
  let output = "", isShown = false;
  const show = shown.then(() => {
    process.stdout.write(output);
    isShown = true;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (isShown) process.stdout.write(text);
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
  await show;
  return { output, code };
}

function sum(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

/** Deno calls a group a test, and the tests inside it steps. */
function countDeno(text: string): Count {
  const summary = /passed(?: \((\d+) steps?\))? \| \d+ failed(?: \((\d+) steps?\))?/.exec(text);
  return { passed: Number(summary?.[1] ?? 0), failed: Number(summary?.[2] ?? 0) };
}

function countBun(text: string): Count {
  return { passed: sum(text, /^ *(\d+) pass$/gm), failed: sum(text, /^ *(\d+) fail$/gm) };
}

function bunCommand(): string[] {
  const installed = spawnSync("bun", ["--version"]).status === 0;
  return installed ? ["bun"] : npxCommand(["-y", `bun@${BUN_VERSION}`]);
}

/** What spares each test file its own try of JSR, where that cannot be reached. */
function withoutRegistry(): Promise<string[]> {
  return import("@std/testing/bdd").then(() => [], () => ["--no-remote"]);
}

function testFiles(): string[] {
  return readdirSync("tests", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_test.ts"))
    .map((file) => `./${join("tests", file)}`)
    .sort();
}

function fastFiles(): string[] {
  const read = (file: string) => existsSync(file) ? readFileSync(file, "utf8") : "";
  return testFiles().filter((file) => isFast(file.slice(2).replaceAll(sep, "/"), read));
}

function wantedFiles(args: readonly string[]): readonly string[] {
  if (args.length === 0) return testFiles();
  return args[0] === "--fast" ? fastFiles() : args;
}

async function main(): Promise<number> {
  const files = wantedFiles(process.argv.slice(2));
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`Cannot test ${missing}: there is no such file`);
  const denoTest = ["test", "--allow-all", "--quiet", "--no-check", ...await withoutRegistry(), ...files];
  const bunTest = ["test", "--timeout", String(BUN_TIMEOUT), ...files];
  const first = run([process.execPath, ...denoTest], Promise.resolve());
  const [deno, bun] = await Promise.all([first, run([...bunCommand(), ...bunTest], first)]);
  for (const [name, { output, code }] of Object.entries({ Deno: deno, Bun: bun })) {
    if (code !== 0) console.log(`\n${name}, but for what passed:\n\n${whatFailed(output)}\n`);
  }
  const counts = [countDeno(withoutColours(deno.output)), countBun(bun.output)];
  const passed = counts[0].passed + counts[1].passed;
  const failed = counts[0].failed + counts[1].failed;
  console.log(`Deno: ${counts[0].passed} passed, ${counts[0].failed} failed (exit code ${deno.code})`);
  console.log(`Bun: ${counts[1].passed} passed, ${counts[1].failed} failed (exit code ${bun.code})`);
  const broken = deno.code !== 0 || bun.code !== 0 || counts.some((count) => count.passed === 0);
  // A runner that fails without counting a failure has failed all the same.
  console.log(`${passed} passed, ${broken ? Math.max(failed, 1) : failed} failed`);
  return broken ? 1 : 0;
}

process.exitCode = await main();

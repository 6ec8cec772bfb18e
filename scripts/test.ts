#!/usr/bin/env -S deno run --allow-run --allow-read --allow-env
/**
 * Runs the whole suite on Deno and then on Bun, and ends with one line that counts both. Arguments are paths of
 * test files; default: all of `tests/`. Bun comes from npm if it is not installed.
 *
 *     deno task test [tests/lib/audio/wav_test.ts …]
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { npxCommand } from "./npx_command.ts";

/** The version of Bun the suite is known to pass with. */
const BUN_VERSION = "1.4.5";

/** Milliseconds a test may take on Bun, whose own limit of 5 s is too short for a model. */
const BUN_TIMEOUT = 600_000;

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Runs a command, shows what it prints and gives that and the exit code. */
function run(command: readonly string[]): Promise<{ output: string; code: number }> {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const collect = (stream: NodeJS.WriteStream) => (chunk: Uint8Array) => {
    output += new TextDecoder().decode(chunk);
    stream.write(chunk);
  };
  child.stdout.on("data", collect(process.stdout));
  child.stderr.on("data", collect(process.stderr));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ output, code: code ?? 1 }));
  });
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

function testFiles(): string[] {
  return readdirSync("tests", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("_test.ts"))
    .map((file) => `./${join("tests", file)}`)
    .sort();
}

async function main(): Promise<number> {
  const files = process.argv.length > 2 ? process.argv.slice(2) : testFiles();
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`Cannot test ${missing}: there is no such file`);
  const deno = await run([process.execPath, "test", "--allow-all", "--quiet", ...files]);
  const bunTest = ["test", "--timeout", String(BUN_TIMEOUT), ...files];
  const bun = await run([...bunCommand(), ...bunTest]);
  // deno-lint-ignore no-control-regex
  const counts = [countDeno(deno.output.replace(/\x1b\[[\d;]*m/g, "")), countBun(bun.output)];
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

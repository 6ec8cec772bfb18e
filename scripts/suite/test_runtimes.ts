/** The runtimes that the suite runs on: how each is called, and how what it prints is read. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { npxCommand } from "../platforms/npx_command.ts";

/** The version of Bun the suite is known to pass with. */
const BUN_VERSION = "1.4.5";

/** Milliseconds a test may take on Bun, whose own limit of 5 s is too short for a model. */
const BUN_TIMEOUT = 600_000;

/** How many tests did what. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** A runtime. */
export interface TestRuntime {
  readonly name: string;
  /** What runs test files, without the files. Types are not checked: `deno task check` does that. */
  readonly command: readonly string[];
  /** Counts the tests in what it printed, which has no colours. */
  count(output: string): Count;
}

/** Both runtimes. Bun comes from npm if it is not installed. */
export async function testRuntimes(): Promise<TestRuntime[]> {
  const deno = ["test", "--allow-all", "--quiet", "--no-check", ...await withoutRegistry()];
  return [
    { name: "Deno", command: [process.execPath, ...deno], count: countDeno },
    { name: "Bun", command: [bun(), "test", "--timeout", String(BUN_TIMEOUT)], count: countBun },
  ];
}

/** What spares each test file its own try of JSR, where that cannot be reached. */
function withoutRegistry(): Promise<string[]> {
  return import("@std/testing/bdd").then(() => [], () => ["--no-remote"]);
}

/** Bun's path: npx, which looks and unpacks each time, is asked once. */
function bun(): string {
  if (spawnSync("bun", ["--version"]).status === 0) return "bun";
  const [npx, ...args] = npxCommand(["-y", `bun@${BUN_VERSION}`, "--print", "process.execPath"]);
  const { status, stdout, stderr } = spawnSync(npx, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot get Bun from npm: ${stderr}`);
  return stdout.trim().split("\n").at(-1)!;
}

/** Deno calls a group a test, and the tests inside it steps. */
function countDeno(output: string): Count {
  const summary = /passed(?: \((\d+) steps?\))? \| \d+ failed(?: \((\d+) steps?\))?/.exec(output);
  return { passed: Number(summary?.[1] ?? 0), failed: Number(summary?.[2] ?? 0) };
}

function countBun(output: string): Count {
  return { passed: sum(output, /^ *(\d+) pass$/gm), failed: sum(output, /^ *(\d+) fail$/gm) };
}

function sum(output: string, pattern: RegExp): number {
  return [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

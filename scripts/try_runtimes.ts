#!/usr/bin/env -S deno run -A
/**
 * Tries Sotto on several versions of Deno and Bun, each with several versions of ONNX Runtime: the command line must write
 * the segments and words that this runtime writes with the version that is pinned; and once a runtime, the tests of the
 * native calls. All come from npm. Prints a table.
 *
 *     deno run -A scripts/try_runtimes.ts [--deno 2.8.3,2.9.6] [--bun 1.4.0] [--library 1.24.3] [--folder DIR]
 *
 * A list takes the place of the versions below; an empty one leaves them out. Needs Linux or macOS, npm and tar; for a minute
 * or two. Exits with 1 where something fails. Other releases of ONNX Runtime, with int8: `try_versions.ts`.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { ONNXRUNTIME_VERSION } from "../ffi/onnxruntime_version.ts";
import { unpackNpm } from "./platforms/npm_packages.ts";
import { runArguments, type RuntimeName, testArguments, VERSIONS } from "./platforms/runtimes.ts";
import { runLong, say } from "./platforms/steps.ts";
import { readReport } from "./platforms/test_report.ts";
import { CLONE } from "./platforms/working_copy.ts";

/** The oldest that works, and what the suite runs on. */
const TRIED = {
  deno: ["2.8.3", VERSIONS.deno],
  bun: ["1.3.14", VERSIONS.bun],
  library: ["1.24.3", ONNXRUNTIME_VERSION],
};

/** The tests that show whether a runtime calls native code as it should. */
const NATIVE_TESTS = ["adapter", "library", "memory", "session"].map((name) => `tests/ffi/${name}_test.ts`);

/** A clip whose words are the same with every version, and are told in some seconds. */
const COMMAND = [
  ...["lib/cli.ts", "tests/fixtures/sense.wav", "--model", "tests/fixtures/tiny.en.pt", "--device", "cpu"],
  ...["--clip_timestamps", "0,9", "--word_timestamps", "True", "--output_format", "json", "--output_dir"],
];

/** Seconds that one command may take. */
const LIMIT = 600;

interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  readonly program: string;
}

interface Library {
  readonly version: string;
  readonly path: string;
}

/** Runs a command in the clone, with a library. */
function runHere(folder: string, log: string, command: readonly string[], library?: string) {
  const env = { ...process.env, NO_COLOR: "1", ...(library && { ORT_DYLIB_PATH: library }) };
  return runLong(command, { log: join(folder, `${log}.log`), limit: LIMIT, cwd: CLONE, env });
}

function unpackRuntime(folder: string, name: RuntimeName, version: string): Runtime {
  const system = process.platform === "darwin" ? "darwin" : "linux";
  const isArm = process.arch === "arm64";
  const spec = name === "deno"
    ? `@deno/${system}-${process.arch}${system === "linux" ? "-glibc" : ""}@${version}`
    : `@oven/bun-${system}-${isArm ? "aarch64" : "x64"}@${version}`;
  const unpacked = join(unpackNpm(folder, spec), name === "deno" ? "deno" : "bin/bun");
  // Bun 1.3 installs nothing for programs in a package, and it is itself in one as npm has it.
  const program = join(folder, "programs", `${name}-${version}`, name);
  mkdirSync(dirname(program), { recursive: true });
  copyFileSync(unpacked, program);
  chmodSync(program, 0o755);
  return { name, version, program };
}

function unpackLibrary(folder: string, version: string): Library {
  const built = `bin/napi-v6/${process.platform}/${process.arch}`;
  const files = join(unpackNpm(folder, `onnxruntime-node@${version}`, [built]), built);
  const file = readdirSync(files).find((name) => /^libonnxruntime\.(so|.*dylib)/.test(name))!;
  return { version, path: join(files, file) };
}

/** Segments and words as the command line writes them, or what went wrong. */
async function transcribe(
  folder: string,
  name: string,
  { name: runtime, program }: Pick<Runtime, "name" | "program">,
  library?: string,
): Promise<{ result?: string; fault?: string; seconds: number }> {
  const [script, ...args] = COMMAND;
  const output = join(folder, name);
  rmSync(output, { recursive: true, force: true });
  const command = [program, ...runArguments(runtime, script, [...args, output])];
  const { code, seconds, output: said } = await runHere(folder, name, command, library);
  const file = join(output, "sense.json");
  if (code !== 0 || !existsSync(file)) return { fault: said.trim().slice(-500), seconds };
  const { text, segments } = JSON.parse(readFileSync(file, "utf8"));
  const words = segments.flatMap((segment: { words: { word: string; start: number }[] }) => segment.words);
  return {
    result: JSON.stringify([text, words.map(({ word, start }: never) => [word, start])]),
    seconds,
  };
}

/** Runs the tests of the native calls; gives what is said of them. */
async function testNative(folder: string, { name, version, program }: Runtime): Promise<string | Error> {
  const report = join(folder, `${name}-${version}.xml`);
  rmSync(report, { force: true });
  const command = [program, ...testArguments(name, report, NATIVE_TESTS)];
  const { code, output } = await runHere(folder, `tests-${name}-${version}`, command);
  if (!existsSync(report)) return new Error(output.trim().slice(-500));
  const { passed, failed } = readReport(readFileSync(report, "utf8"));
  const first = failed.at(0);
  if (first !== undefined) return new Error(`${first.file}: ${first.name}: ${first.message}`);
  return code === 0 && passed > 0 ? `${passed} passed` : new Error(output.trim().slice(-500));
}

function versions(given: string | undefined, usual: readonly string[]): readonly string[] {
  return given === undefined ? usual : given.split(",").filter((version) => version !== "");
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { deno: text, bun: text, library: text, folder: text } });
  const folder = resolve(values.folder ?? join(tmpdir(), "sotto-runtimes"));
  mkdirSync(folder, { recursive: true });
  const npm = join(folder, "npm");
  const libraries = versions(values.library, TRIED.library).map((one) => unpackLibrary(npm, one));
  const here = { name: "deno", program: process.execPath } as const;
  const { result: expected, fault } = await transcribe(folder, "expected", here);
  if (expected === undefined) throw new Error(`This runtime does not transcribe: ${fault}`);
  const rows: string[] = [], faults: string[] = [];
  for (const name of ["deno", "bun"] as const) {
    for (const version of versions(values[name], TRIED[name])) {
      const runtime = unpackRuntime(npm, name, version);
      const tests = await testNative(folder, runtime);
      const cells = [`${name} ${version}`, tests instanceof Error ? "fails" : tests];
      if (tests instanceof Error) faults.push(`${cells[0]}: ${tests.message}`);
      for (const library of libraries) {
        const run = `${name}-${version}-${library.version}`;
        const { result, fault, seconds } = await transcribe(folder, run, runtime, library.path);
        const isSame = result === expected;
        cells.push(isSame ? `the same words, ${seconds} s` : "fails");
        if (!isSame) faults.push(`${run}: ${fault ?? `other words: ${result}`}`);
      }
      rows.push(`| ${cells.join(" | ")} |`);
    }
  }
  const heads = ["runtime", "native calls", ...libraries.map(({ version }) => `ONNX Runtime ${version}`)];
  for (const row of [`| ${heads.join(" | ")} |`, `|${" --- |".repeat(heads.length)}`, ...rows]) say(row);
  for (const fault of faults) say(`\n${fault}`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();

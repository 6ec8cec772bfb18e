/** Which runtimes and library other systems are tried with, and what is asked of them. */
import { ONNXRUNTIME_VERSION } from "../../ffi/onnxruntime_version.ts";

/** The runtimes by their names. */
export type RuntimeName = "deno" | "bun";

/** The versions that are tried. */
export const VERSIONS = { deno: "2.9.6", bun: "1.4.5", onnxruntime: ONNXRUNTIME_VERSION } as const;

/** What Bun finds in a `node_modules`: other systems do not install while a program runs. */
export const BUN_PACKAGES = ["pako@3.0.3", "multipasta@0.2.8", "aws4fetch@1.0.20"];

/** The words after a runtime's name that run test files, with a report at `report`, but for the tests called `left`. */
export function testArguments(
  runtime: RuntimeName,
  report: string,
  files: readonly string[],
  left: readonly string[] = [],
): string[] {
  // Types are those of this machine's runtime, which has checked them.
  if (runtime === "deno") {
    return ["test", "--allow-all", "--no-check", "--quiet", `--junit-path=${report}`, ...files];
  }
  const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
  const pattern = left.length === 0 ? [] : [`--test-name-pattern=^(?!.*(?:${left.join("|")}))`];
  return ["test", "--timeout", "600000", ...reporter, ...pattern, ...files.map((file) => `./${file}`)];
}

/** The words after a runtime's name that run a script. */
export function runArguments(runtime: RuntimeName, script: string, args: readonly string[]): string[] {
  return runtime === "deno"
    ? ["run", "--allow-all", "--no-check", "--quiet", script, ...args]
    : [script, ...args];
}

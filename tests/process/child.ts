/** Scripts run in a process of their own: what is tested would end the process of the tests. */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** How a process ended, and what it said. */
export interface Ended {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a script is run with. */
export interface ScriptOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the command behind it, as `["strace", "-f"]`. */
  readonly within?: readonly string[];
}

/**
 * Milliseconds after which a script is taken to hang. It is killed then, for it would outlive the tests. The longest
 * takes 50 s on idle cores, and was seen to take four times that on busy ones; Bun gives a test 600 s.
 */
const LIMIT = 500_000;

/** Runs a script of this folder on the runtime of the tests. */
export function runScript(
  name: string,
  args: readonly string[],
  { env, within = [] }: ScriptOptions = {},
): Promise<Ended> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const run = "Deno" in globalThis ? ["run", "--allow-all", "--quiet", "--cached-only"] : [];
  const [command, ...rest] = [...within, process.execPath, ...run, script, ...args];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let stdout = "", stderr = "";
  child.stdout.on("data", (chunk) => stdout += chunk);
  child.stderr.on("data", (chunk) => stderr += chunk);
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT);
  return new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  }).finally(() => clearTimeout(limit));
}

/** Running other programs, one step after another, for the scripts that try Sotto on other systems. */
import { spawn, type SpawnOptions, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import process from "node:process";

/** Prints what is done now. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs a program to its end.
 *
 * @throws {Error} with what it printed last when it fails.
 */
export function run(
  [file, ...args]: readonly string[],
  options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    ...options,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw new Error(`Cannot run ${file}: ${error.message}`);
  if (status !== 0) throw new Error(`${file} failed (${status}): ${(stderr || stdout).slice(-2000)}`);
  return stdout;
}

/** What a program that ran for long came to. */
export interface LongRun {
  readonly code: number;
  readonly seconds: number;
  /** Everything that it printed, from both streams. */
  readonly output: string;
}

/** How far what takes long stands back behind other work; the variable says otherwise. */
const NICE = process.env.SOTTO_TRY_NICE ?? "19";

/** Runs a program at low priority, and keeps what it prints in a file too. It is ended after `limit` seconds. */
export async function runLong(
  command: readonly string[],
  { log, limit, ...options }: SpawnOptions & { log: string; limit: number },
): Promise<LongRun> {
  const start = performance.now();
  const [file, ...args] = ["timeout", "--kill-after=5", String(limit), "nice", "-n", NICE, ...command];
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const kept = createWriteStream(log);
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      kept.write(text);
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  kept.end();
  return { code, seconds: Math.round((performance.now() - start) / 100) / 10, output };
}

/** Installs a Debian package where its program is missing. Needs root for that. */
export function needProgram(name: string, debianPackage = name): void {
  if (spawnSync("which", [name]).status === 0) return;
  say(`Installing ${debianPackage}`);
  run(["apt-get", "update", "-q"]);
  run(["apt-get", "install", "-y", "-q", "--no-install-recommends", debianPackage]);
}

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** What a process said on both streams, and how it ended. */
export interface Ended {
  readonly output: string;
  readonly code: number;
}

/** Runs a command with a temporary folder of its own, for some tests count what is left in theirs. */
export async function runTests(command: readonly string[]): Promise<Ended> {
  const [file, ...args] = command;
  const folder = mkdtempSync(join(tmpdir(), "sotto-suite-"));
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder, NO_COLOR: "1" };
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output += text);
  }
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    });
    return { output, code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

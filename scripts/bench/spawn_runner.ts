/** Runs a job in a process of its own and takes its time from outside. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Job, ProcessMeasurement, Unsupported } from "./job.ts";

/** How a runner is started: a program and its arguments, before the job. */
export interface RunnerCommand {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Where it runs. @default the top of the tree, where `bunfig.toml` lies */
  readonly folder?: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Starts a runner; its standard output is to be read.
 *
 * @throws when its program cannot be started.
 */
export async function startRunner(command: RunnerCommand, job: Job): Promise<ChildProcess> {
  const { program, folder = ROOT } = command;
  const child = spawn(program, [...command.arguments, JSON.stringify(job)], {
    cwd: folder,
    env: { ...process.env, OMP_NUM_THREADS: String(job.threads), HF_HUB_OFFLINE: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  await once(child, "spawn");
  return child;
}

/** The lines of JSON that a runner writes; other output of a library is skipped. */
export async function* readAnswers(child: ChildProcess): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const answer = parseAnswer(line);
    if (answer !== undefined) yield answer;
  }
}

function parseAnswer(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Runs a job to its end.
 *
 * @returns What it took. A runner that fails is unsupported with the last line of its complaint: one peer that does not
 * run must not cost the others their rounds.
 */
export async function runJob(command: RunnerCommand, job: Job): Promise<ProcessMeasurement | Unsupported> {
  const start = performance.now();
  let child;
  try {
    child = await startRunner(command, job);
  } catch (error) {
    return { unsupported: `not started: ${(error as Error).message}` };
  }
  child.stdin!.end();
  let complaint = "";
  child.stderr!.on("data", (data) => complaint = (complaint + data).slice(-4000));
  const closed = once(child, "close");
  let startToText: number | undefined;
  let answer: Record<string, unknown> | undefined;
  for await (const next of readAnswers(child)) {
    answer = next;
    if ("text" in next) startToText ??= (performance.now() - start) / 1000;
  }
  const [code] = await closed;
  if (answer !== undefined && "unsupported" in answer) return answer as unknown as Unsupported;
  if (code === 0 && answer !== undefined && "load" in answer) {
    return { ...answer, startToText } as unknown as ProcessMeasurement;
  }
  const last = complaint.trim().split("\n").findLast((line) => line.trim() !== "");
  return { unsupported: `failed (${code}): ${last ?? "it said nothing"}` };
}

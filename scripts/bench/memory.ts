/**
 * What several processes with one model take: the proportional set size, in which memory that processes share is
 * divided among them (Linux).
 */
import { readFileSync } from "node:fs";
import type { Job } from "./job.ts";
import { readAnswers, startRunner } from "./spawn_runner.ts";
import type { System } from "./systems.ts";
import { formatTable, megabytes } from "./table.ts";

const PROCESSES = 8;

/** Bytes of one process, and of all. */
export interface SharedMemory {
  readonly system: string;
  readonly processes: number;
  readonly first: number;
  readonly all: number;
  /** Of each further process. */
  readonly further: number;
  readonly unsupported?: string;
}

function proportionalSize(pid: number): number {
  const match = /^Pss:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return Number(match?.[1]) * 1024;
}

/** Starts a process and waits until it holds the model, after a transcription. */
async function hold(system: System, job: Job) {
  const child = await startRunner(system.command, job);
  child.stderr!.resume();
  const answers = readAnswers(child);
  for await (const answer of { [Symbol.asyncIterator]: () => ({ next: () => answers.next() }) }) {
    if ("unsupported" in answer) throw new Error(String(answer.unsupported));
    if ("holding" in answer) return { child, size: () => proportionalSize(child.pid!) };
  }
  throw new Error("the process ended before it held a model");
}

async function measure(system: System, job: Job): Promise<SharedMemory> {
  const held: Awaited<ReturnType<typeof hold>>[] = [];
  const empty = { system: system.name, processes: PROCESSES, first: 0, all: 0, further: 0 };
  try {
    held.push(await hold(system, job));
    const first = held[0].size();
    while (held.length < PROCESSES) held.push(await hold(system, job));
    const all = held.reduce((sum, { size }) => sum + size(), 0);
    return { ...empty, first, all, further: (all - first) / (PROCESSES - 1) };
  } catch (error) {
    return { ...empty, unsupported: (error as Error).message };
  } finally {
    for (const { child } of held) child.stdin!.end();
  }
}

/** Measures the systems one after the other. */
export async function benchMemory(
  systems: readonly System[],
  job: Omit<Job, "model">,
): Promise<SharedMemory[]> {
  const results: SharedMemory[] = [];
  for (const system of systems) {
    results.push(await measure(system, { ...job, model: system.model, hold: true }));
  }
  return results;
}

/** A line a system. */
export function formatMemory(results: readonly SharedMemory[]): string {
  const lines = results.map(({ system, first, all, further, unsupported }) =>
    unsupported !== undefined ? [`${system}: ${unsupported}`, undefined, undefined, undefined, undefined] : [
      system,
      megabytes(first),
      megabytes(all),
      megabytes(further),
      `${(100 * further / first).toFixed(0)} %`,
    ]
  );
  return formatTable(
    [`${PROCESSES} processes`, "first, MB", "all, MB", "each further, MB", "of the first"],
    lines,
  );
}

/** Runs the systems alternately, so that a noisy machine hurts them alike. */
import type { Recording } from "./recordings.ts";
import type { Job, ProcessMeasurement, Unsupported } from "./job.ts";
import type { Variant } from "./options.ts";
import { runJob } from "./spawn_runner.ts";
import type { System } from "./systems.ts";

/** A system at one kind of work. */
export interface Row {
  readonly system: string;
  readonly ours: boolean;
  readonly variant: Variant;
  readonly recording: Recording;
  /** By round. */
  readonly measurements: readonly ProcessMeasurement[];
  /** Why there is nothing. */
  readonly unsupported?: string;
}

/** What is measured: the parts of a job that are the same for all. */
export type Task = Omit<Job, "model" | "audio" | keyof Variant>;

/**
 * Measures every system in every variant.
 *
 * @param report Called before each process.
 * @returns A row a system and variant.
 */
export async function runRounds(
  systems: readonly System[],
  variants: readonly Variant[],
  recording: Recording,
  task: Task,
  { rounds, report }: { rounds: number; report: (text: string) => void },
): Promise<Row[]> {
  const entries = variants.flatMap((variant) =>
    systems.map((system) => ({
      system,
      variant,
      measurements: [] as ProcessMeasurement[],
      unsupported: system.missing,
    }))
  );
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) {
      if (entry.unsupported !== undefined) continue;
      const { system, variant } = entry;
      report(`round ${round + 1} of ${rounds}: ${system.name}, ${describeVariant(variant)}`);
      const job: Job = { ...task, ...variant, model: system.model, audio: recording.path };
      const answer: ProcessMeasurement | Unsupported = await runJob(system.command, job);
      if ("unsupported" in answer) entry.unsupported = answer.unsupported;
      else entry.measurements.push(answer);
    }
  }
  return entries.map(({ system, ...entry }) => ({
    ...entry,
    system: entry.measurements[0]?.version ?? system.name,
    ours: system.ours,
    recording,
  }));
}

/** "int8, beam 5, batches of 8". */
export function describeVariant({ precision, beam, batch }: Variant): string {
  return [precision, beam > 1 && `beam ${beam}`, batch > 0 && `batches of ${batch}`].filter(Boolean).join(
    ", ",
  );
}

/** The keys of the jobs that are parts of another. */
import type { RecordingPlan } from "../job.ts";

/** Gives the key of a part: that of the recording's job, the plan, and which part it is. */
export function partId(id: string, { key }: Pick<RecordingPlan, "key">, index: number): string {
  return `${id}.${key}.${index}`;
}

/** Tells which part of a job another is, if it is one of the plan. */
export function partOf(id: string, other: string, { key }: Pick<RecordingPlan, "key">): number | undefined {
  const before = `${id}.${key}.`;
  return other.startsWith(before) ? Number(other.slice(before.length)) : undefined;
}

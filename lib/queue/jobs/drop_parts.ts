/** What becomes of the parts of a job that has failed, or was cancelled. */
import type { RecordingPlan } from "../job.ts";
import { type BullJob, type BullQueue, ENDED_STATES } from "../redis/bullmq.ts";
import { partId } from "./part_id.ts";

/** What dropping parts needs. */
export interface DropTools {
  readonly queue: Pick<BullQueue, "getJobState">;
  /** Stops a part that is at work. */
  readonly cancel: (id: string) => Promise<void>;
}

/**
 * Removes the parts that wait, and stops those at work: they are not needed any more.
 *
 * @returns How many are not at their end yet.
 */
export async function dropParts(
  job: Pick<BullJob, "id" | "removeUnprocessedChildren">,
  plan: RecordingPlan,
  { queue, cancel }: DropTools,
): Promise<number> {
  await job.removeUnprocessedChildren().catch(() => {});
  let stopped = 0;
  for (const { index } of plan.windows) {
    const id = partId(job.id, plan, index);
    // One that is given back, or was tried in vain, waits again.
    if (ENDED_STATES.includes(await queue.getJobState(id))) continue;
    await cancel(id);
    stopped++;
  }
  return stopped;
}

/** Drops the parts of a job and their plan: tried anew, it is planned anew. */
export async function dropPlan(job: BullJob, tools: DropTools): Promise<void> {
  const { plan, ...data } = job.data;
  if (plan === undefined) return;
  await dropParts(job, plan, tools);
  await job.updateData(data);
}

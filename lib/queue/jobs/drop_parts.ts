/** What becomes of the parts of a job that has failed, or was cancelled. */
import type { RecordingPlan } from "../job.ts";
import type { BullJob, BullQueue } from "../redis/bullmq.ts";
import { partId } from "./part_id.ts";

/** What dropping parts needs. */
interface DropTools {
  readonly queue: Pick<BullQueue, "getJobState">;
  /** Stops a part that is at work. */
  readonly cancel: (id: string) => Promise<void>;
}

/**
 * Removes the parts that wait, and stops those at work: they are not needed any more.
 *
 * @returns How many are at work.
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
    if (await queue.getJobState(id) !== "active") continue;
    await cancel(id);
    stopped++;
  }
  return stopped;
}

/** Cancelling a job, whatever its state, and making room for another try of one that has failed. */
import { type BullQueue, ENDED_STATES, type JobState } from "../redis/bullmq.ts";
import type { Cancellation } from "./cancellation.ts";
import { dropParts, dropPlan, type DropTools } from "./drop_parts.ts";
import type { Removals } from "./removals.ts";

/** What that takes. */
export interface CancelTools {
  readonly queue: BullQueue;
  readonly cancellation: Cancellation;
  readonly removals: Removals;
}

/**
 * Cancels a job: one that waits is removed, one that is at work stops within a step of the decoder and has then failed.
 *
 * @returns Whether there was anything to cancel.
 */
export async function cancelJob(id: string, tools: CancelTools): Promise<boolean> {
  const { queue, cancellation, removals } = tools;
  if (ENDED_STATES.includes(await queue.getJobState(id))) return false;
  // First the mark: a worker may take the job at this moment, or may just have planned its parts.
  await cancellation.mark(id);
  const job = await queue.getJob(id);
  const state = await job?.getState() ?? "unknown";
  if (job === undefined || ENDED_STATES.includes(state)) {
    await cancellation.unmark(id);
    return false;
  }
  if (state === "active") return true;
  const { plan } = job.data;
  const stopped = state === "waiting-children" && plan ? await dropParts(job, plan, dropTools(tools)) : 0;
  // With parts at work it stays, and has failed once they have stopped.
  if (stopped > 0) return true;
  await removals.announce(id, job.data);
  // Whoever has taken it meanwhile finds the mark.
  const isRemoved = await job.remove().then(() => true, () => false);
  if (isRemoved) await cancellation.unmark(id);
  return true;
}

/**
 * Tries a job anew that has failed.
 *
 * @returns Whether it had.
 */
export async function retryJob(id: string, tools: CancelTools): Promise<boolean> {
  const job = await tools.queue.getJob(id);
  if (job === undefined || await job.getState() !== "failed") return false;
  await tools.cancellation.unmark(id);
  await dropPlan(job, dropTools(tools));
  await job.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
  return true;
}

/** Removes a job that has failed, and gives its state then: somebody else may have sent it anew. */
export async function removeFailedJob(id: string, tools: CancelTools): Promise<JobState> {
  const job = await tools.queue.getJob(id);
  if (job?.data.plan !== undefined) await dropParts(job, job.data.plan, dropTools(tools));
  // Parts that still stop stay until they have.
  await job?.remove({ removeChildren: false }).catch(() => {});
  return await tools.queue.getJobState(id);
}

/** What dropping the parts of a job needs. */
function dropTools({ queue, cancellation }: CancelTools): DropTools {
  return { queue, cancel: (part) => cancellation.mark(part) };
}

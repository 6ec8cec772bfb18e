/** Cancelling a job, whatever its state. */
import type { BullQueue, JobState } from "../redis/bullmq.ts";
import type { Cancellation } from "./cancellation.ts";
import { dropParts } from "./drop_parts.ts";

/** States in which there is nothing to cancel. */
const OVER: readonly (JobState | undefined)[] = ["completed", "failed", "unknown"];

/**
 * Cancels a job: one that waits is removed, one that is at work is marked, and stops.
 *
 * @returns Whether there was anything to cancel.
 */
export async function cancelJob(
  id: string,
  { queue, cancellation }: { readonly queue: BullQueue; readonly cancellation: Cancellation },
): Promise<boolean> {
  const job = await queue.getJob(id);
  const state = await job?.getState();
  if (job === undefined || OVER.includes(state)) return false;
  // First the mark: a worker may take the job at this moment.
  await cancellation.mark(id);
  const { plan } = job.data;
  const stopped = state === "waiting-children" && plan !== undefined
    ? await dropParts(job, plan, { queue, cancel: (part) => cancellation.mark(part) })
    : 0;
  // With parts at work it stays, and has failed once they have stopped.
  if (state !== "active" && stopped === 0) await job.remove().catch(() => {});
  return true;
}

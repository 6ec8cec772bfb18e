/** The jobs of a queue that have failed, and why. */
import { readFailure } from "../failure.ts";
import type { BullQueue } from "../redis/bullmq.ts";

/** A job that has failed. */
export interface FailedJob {
  /** Its key. */
  readonly id: string;
  /** The code of what went wrong, as `"AUDIO_DECODE"`. */
  readonly code: string;
  /** What went wrong, in words. */
  readonly message: string;
  /** How often it was tried. */
  readonly attempts: number;
}

/** Gives as many of them at most, the newest first. */
export async function failedJobs(queue: Pick<BullQueue, "getJobs">, most: number): Promise<FailedJob[]> {
  const jobs = await queue.getJobs(["failed"], 0, most - 1, false);
  return jobs.map(({ id, failedReason, attemptsMade }) => {
    const { code, message } = readFailure(failedReason, id);
    return { id, code, message, attempts: attemptsMade };
  });
}

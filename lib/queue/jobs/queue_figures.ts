/** How much there is to do in a queue, and what was done. */
import type { BullQueue, JobState } from "../redis/bullmq.ts";
import type { HeardSeconds } from "./heard_seconds.ts";

/** States of jobs that are not at their end. */
const OPEN_STATES = [
  "waiting",
  "prioritized",
  "delayed",
  "waiting-children",
  "active",
] as const satisfies readonly JobState[];

/** How much there is to do, and what was done. */
export interface QueueFigures {
  /** Jobs by their state. */
  readonly counts: Readonly<Record<JobState, number>>;
  /** Seconds that the oldest job that waits has waited; 0 when none does. */
  readonly oldestWait: number;
  /** Jobs done since the queue is there. */
  readonly done: number;
  /** Jobs failed since the queue is there. */
  readonly failed: number;
  /** Seconds of audio that were transcribed since the queue is there. */
  readonly audioSeconds: number;
  /** Jobs done in each of the last minutes, the newest first. */
  readonly doneByMinute: readonly number[];
  /** Workers that are connected. */
  readonly workers: number;
}

/** Minutes of which it is told how many jobs were done in each. */
const MINUTES_TOLD = 10;

/** Counts. */
export async function countJobs(queue: BullQueue, heard: Pick<HeardSeconds, "total">): Promise<QueueFigures> {
  const [counts, [oldest], done, failed, workers, audioSeconds] = await Promise.all([
    queue.getJobCounts(...OPEN_STATES, "completed", "failed"),
    queue.getJobs(["waiting", "prioritized"], 0, 0, true),
    queue.getMetrics("completed", 0, MINUTES_TOLD - 1),
    queue.getMetrics("failed", 0, MINUTES_TOLD - 1),
    queue.getWorkersCount(),
    heard.total(),
  ]);
  return {
    counts: counts as QueueFigures["counts"],
    oldestWait: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.timestamp) / 1000,
    done: done.meta.count,
    failed: failed.meta.count,
    audioSeconds,
    doneByMinute: done.data,
    workers,
  };
}

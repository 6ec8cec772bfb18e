/** What becomes of a job, as it becomes known: its segments, and its result. */
import type { JobProgress, JobResult, RecordingPlan } from "../job.ts";
import { JobFailedError } from "../errors.ts";
import { anySignal, unlessAborted } from "../../async/signals.ts";
import { readFailure } from "../failure.ts";
import { partOf } from "./part_id.ts";
import { PartsProgress } from "./parts_progress.ts";
import type { BullEvent, BullEvents, BullQueue } from "../redis/bullmq.ts";

/** What following a job needs. */
export interface FollowTools {
  readonly queue: BullQueue;
  /** What Redis tells; the same for all jobs that are followed. */
  readonly events: BullEvents;
  /** Stops all who follow. */
  readonly closed: AbortSignal;
}

/** How a job is followed. */
export interface FollowOptions {
  /** Stops following. The job goes on. */
  readonly signal?: AbortSignal;
  /** Told after each window how far the work is, with the segments of the window. */
  readonly onProgress?: (progress: JobProgress) => void;
}

/** Milliseconds between two looks at a job: what is told while Redis is away is told to nobody. */
const LOOK_EVERY = 5000;

/**
 * Follows a job to its end.
 *
 * @throws {JobFailedError} when it fails for good, or is gone.
 */
export async function followJob(
  { queue, events, closed }: FollowTools,
  id: string,
  { signal, onProgress }: FollowOptions = {},
): Promise<JobResult> {
  const stop = anySignal(closed, signal);
  const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
  // It may be told of the end before anybody waits for that.
  promise.catch(() => {});
  const look = async () => {
    const job = await queue.getJob(id);
    if (job === undefined) {
      reject(new JobFailedError("The job is not in the queue any more", { code: "JOB_GONE", jobId: id }));
    } else if (job.finishedOn !== undefined && job.returnvalue) resolve(job.returnvalue);
    // One that will be tried again has a reason too, and no end.
    else if (job.finishedOn !== undefined && job.failedReason !== undefined) {
      if (await job.getState() === "failed") reject(readFailure(job.failedReason, id));
    }
  };
  let plan: RecordingPlan | undefined, parts: PartsProgress | undefined;
  const tellPart = async (other: string, loaded?: number) => {
    if (onProgress === undefined) return;
    if (plan === undefined || partOf(id, other, plan) === undefined) {
      plan = (await queue.getJob(id))?.data.plan;
      parts = plan && new PartsProgress(plan);
    }
    const index = plan && partOf(id, other, plan);
    if (index !== undefined) onProgress(parts!.take(index, loaded));
  };
  // One after the other: they share the plan, which the first of them asks for.
  let telling = Promise.resolve();
  const tellInTurn = (other: string, loaded?: number) => {
    if (other.startsWith(`${id}.`)) telling = telling.then(() => tellPart(other, loaded)).catch(() => {});
  };
  const listeners: readonly (readonly [string, (event: BullEvent) => void])[] = [
    // Redis may be gone again at this moment: then the next look tells.
    [
      `completed:${id}`,
      ({ returnvalue }) => returnvalue ? resolve(returnvalue) : void look().catch(() => {}),
    ],
    [`failed:${id}`, ({ failedReason }) => reject(readFailure(failedReason, id))],
    [`progress:${id}`, ({ data }) => onProgress?.(data!)],
  ];
  // All parts there are; whoever follows one that has none need not hear of them.
  const ofParts: typeof listeners = [
    ["progress", ({ jobId, data }) => tellInTurn(jobId, data?.loaded)],
    ["completed", ({ jobId }) => tellInTurn(jobId)],
  ];
  const abort = () => reject(stop.reason);
  for (const [event, listener] of listeners) events.on(event, listener);
  stop.addEventListener("abort", abort);
  // Redis may be away for a while: the next look is a new try.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY);
  try {
    await unlessAborted(events.waitUntilReady(), stop);
    const isInParts = (await queue.getJob(id))?.data.partSeconds !== undefined;
    if (isInParts && onProgress) { for (const [event, listener] of ofParts) events.on(event, listener); }
    await look();
    const result = await promise;
    // Of the last part it is told before the end.
    await telling;
    return result;
  } finally {
    clearInterval(timer);
    stop.removeEventListener("abort", abort);
    for (const [event, listener] of [...listeners, ...ofParts]) events.off(event, listener);
  }
}

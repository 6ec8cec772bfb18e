/** The queue of BullMQ, opened in the same way by those who send jobs and by workers. */
import type { BullQueue, RedisClient } from "./bullmq.ts";
import type { QueuePackages } from "./queue_packages.ts";

/** The beginning of all keys in Redis. */
export const KEY_PREFIX = "sotto";

/** Events that Redis keeps for those who follow jobs: each has the segments of a window, the last of a job its result. */
const EVENTS_KEPT = 1000;

/**
 * Opens it. Whoever does closes it.
 *
 * @param onError Told of what goes wrong between two calls; a call that fails says so itself.
 */
export function openBullQueue(
  { Queue }: Pick<QueuePackages, "Queue">,
  name: string,
  connection: RedisClient,
  onError: (error: Error) => void,
): BullQueue {
  const queue = new Queue(name, {
    connection,
    prefix: KEY_PREFIX,
    skipVersionCheck: true,
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  queue.on("error", onError);
  return queue;
}

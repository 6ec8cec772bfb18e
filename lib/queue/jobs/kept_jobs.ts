/**
 * How long jobs are kept that have ended, each as long as it says. BullMQ counts otherwise: with a job that ends, all go
 * that ended longer ago than that one is to be kept. When each is to go is noted in Redis, and whoever comes by removes
 * what was kept long enough.
 */
import { isNotNegative } from "../../options/check_options.ts";
import type { JobData } from "../job.ts";
import type { BullJob, BullQueue, RedisClient } from "../redis/bullmq.ts";

/** Jobs that are looked at in one go. */
const AT_A_TIME = 1000;

/** Milliseconds that every job is kept: somebody may wait for it, who looks every few seconds. */
const SHORTEST = 10_000;

/** Milliseconds until it is looked again at a job that is open once more, or that somebody is still to be told of. */
const LOOK_AGAIN = 60_000;

/** Milliseconds that a job is kept at most for the sake of somebody who is to be told of it. */
const LONGEST_TELLING = 24 * 3600 * 1000;

/** How a job ends. */
export type Ending = "result" | "failure";

/** The jobs of a queue that have ended. */
export class KeptJobs {
  readonly #client: RedisClient;
  readonly #key: string;

  /** @param name The queue's qualified name. */
  constructor(client: RedisClient, name: string) {
    this.#client = client;
    this.#key = `${name}:kept`;
  }

  /** Notes that a job is about to end. */
  async announce(id: string, data: JobData, ending: Ending): Promise<void> {
    const kept = keptFor(data, ending);
    if (kept !== undefined) await this.#client.zadd(this.#key, Date.now() + kept, id);
  }

  /**
   * Removes the jobs that were kept long enough.
   *
   * @param isTold Whether nobody is to be told of a job any more.
   * @param now Milliseconds since 1970.
   */
  async sweep(
    queue: Pick<BullQueue, "getJob">,
    isTold: (job: BullJob) => Promise<boolean>,
    now: number = Date.now(),
  ): Promise<void> {
    const due = await this.#client.zrangebyscore(this.#key, "-inf", now, "LIMIT", 0, AT_A_TIME);
    for (const id of due) {
      const job = await queue.getJob(id);
      const end = job && endOf(job);
      if (job === undefined) await this.#client.zrem(this.#key, id);
      else if (end === undefined) await this.#client.zadd(this.#key, now + LOOK_AGAIN, id);
      else if (end > now) await this.#client.zadd(this.#key, end, id);
      else if (now < end + LONGEST_TELLING && !await isTold(job)) {
        await this.#client.zadd(this.#key, now + LOOK_AGAIN, id);
      } else {
        await job.remove();
        await this.#client.zrem(this.#key, id);
      }
    }
  }
}

/** Milliseconds that a job is kept. Parts, and jobs of older programs, are BullMQ's to remove. */
function keptFor(data: JobData, ending: Ending): number | undefined {
  // Anybody may write to Redis.
  const { keepResult, keepFailure } = Object(data) as Partial<JobData>;
  const seconds = ending === "result" ? keepResult : keepFailure;
  return isNotNegative(seconds) ? Math.max(SHORTEST, seconds as number * 1000) : undefined;
}

/** When a job is to go, if it is at its end. */
function endOf({ data, finishedOn, returnvalue }: BullJob): number | undefined {
  const kept = keptFor(data, returnvalue ? "result" : "failure");
  return finishedOn === undefined || kept === undefined ? undefined : finishedOn + kept;
}

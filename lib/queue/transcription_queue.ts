/** The queue as those who send jobs hold it. */
import { checkOptions } from "../options/check_options.ts";
import { JOB_VERSION, type JobData, type JobResult, type SoundReference } from "./job.ts";
import { Cancellation } from "./jobs/cancellation.ts";
import { checkJobOptions, checkSound } from "./jobs/check_job.ts";
import { followJob, type FollowOptions } from "./jobs/follow.ts";
import { HeardSeconds } from "./jobs/heard_seconds.ts";
import { jobKey } from "./jobs/job_key.ts";
import {
  ENQUEUE_DEFAULTS,
  ENQUEUE_RULES,
  type EnqueueOptions,
  QUEUE_DEFAULTS,
  QUEUE_RULES,
  type QueueOptions,
} from "./queue_options.ts";
import type { BullEvents, BullQueue, JobState, RedisClient } from "./redis/bullmq.ts";
import { asConnectionError, connectRedis, pingRedis, redisPattern } from "./redis/connection.ts";
import { readFailure } from "./failure.ts";
import { dropParts } from "./jobs/drop_parts.ts";
import { KEY_PREFIX, openBullQueue } from "./redis/open_bull_queue.ts";
import { loadQueuePackages } from "./redis/queue_packages.ts";

/** The name of a job that transcribes a recording. */
const TRANSCRIBE = "transcribe";

/** States of jobs that are not at their end. */
const OPEN_STATES = [
  "waiting",
  "prioritized",
  "delayed",
  "waiting-children",
  "active",
] as const satisfies readonly JobState[];

/** A job that was sent. */
export interface QueuedJob {
  /** Its key. */
  readonly id: string;
  /** Whether it was in the queue before, waiting, at work or done. */
  readonly wasThere: boolean;
  /**
   * Waits for its end.
   *
   * @throws {JobFailedError} when it fails for good.
   */
  result(options?: FollowOptions): Promise<JobResult>;
  /** Cancels it. */
  cancel(): Promise<boolean>;
}

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

/** The queue. */
export class TranscriptionQueue implements AsyncDisposable {
  readonly #url: string;
  readonly #name: string;
  readonly #client: RedisClient;
  readonly #queue: BullQueue;
  readonly #cancellation: Cancellation;
  readonly #heard: HeardSeconds;
  #events: Promise<BullEvents> | undefined;

  private constructor(url: string, name: string, client: RedisClient, queue: BullQueue) {
    this.#url = url;
    this.#name = name;
    this.#client = client;
    this.#queue = queue;
    this.#cancellation = new Cancellation(client, queue.qualifiedName);
    this.#heard = new HeardSeconds(client, queue.qualifiedName);
  }

  /**
   * Opens a queue.
   *
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   * @throws {QueueConnectionError} when Redis is not reached in time, or refuses.
   */
  static async open(options: QueueOptions = {}): Promise<TranscriptionQueue> {
    const given = checkOptions("open a queue", options, QUEUE_RULES);
    const { redis, queue: name, connectTimeout, signal } = { ...QUEUE_DEFAULTS, ...given };
    const packages = await loadQueuePackages();
    const client = await connectRedis(redis, { timeout: connectTimeout, isPatient: false, signal });
    const queue = openBullQueue(packages, name, client, () => {});
    return new TranscriptionQueue(redis, name, client, queue);
  }

  /**
   * Asks Redis whether it is there.
   *
   * @param timeout Seconds in which it must answer.
   * @throws {QueueConnectionError} when it does not.
   */
  async ping(timeout: number): Promise<void> {
    await this.#asked(() => pingRedis(this.#client, timeout));
  }

  /**
   * Sends a job. One whose key is in the queue is not sent again; one that has failed is tried anew.
   *
   * @throws {TypeError | RangeError} when an option or the reference is wrong.
   * @throws {QueueConnectionError} when Redis is away, refuses, or is full: the job is not in the queue then.
   */
  async enqueue(sound: SoundReference, options: EnqueueOptions = {}): Promise<QueuedJob> {
    const { model, transcribe = {}, webhook, partSeconds, key, removeSound, ...given } = checkOptions(
      "enqueue",
      options,
      ENQUEUE_RULES,
    );
    checkSound(sound);
    checkJobOptions(transcribe);
    const { priority, attempts, backoff, keepResult, keepFailure } = { ...ENQUEUE_DEFAULTS, ...given };
    const data: JobData = {
      version: JOB_VERSION,
      sound,
      options: transcribe,
      ...(model !== undefined && { model }),
      ...(webhook && { webhook }),
      ...(partSeconds !== undefined && { partSeconds }),
      ...(removeSound && { removeSound }),
    };
    const id = key ?? jobKey(data);
    return await this.#asked(async () => {
      let before = await this.#queue.getJobState(id);
      if (before === "failed") {
        await (await this.#queue.getJob(id))?.remove();
        before = "unknown";
      }
      if (before === "unknown") {
        await this.#cancellation.unmark(id);
        await this.#queue.add(TRANSCRIBE, data, {
          jobId: id,
          priority,
          attempts,
          backoff: { type: "exponential", delay: backoff * 1000, jitter: 0.25 },
          removeOnComplete: { age: keepResult },
          removeOnFail: { age: keepFailure },
        });
      }
      return this.job(id, before !== "unknown");
    });
  }

  /** Gives a job by its key, whether it is in the queue or not. */
  job(id: string, wasThere = true): QueuedJob {
    return {
      id,
      wasThere,
      result: (options) => this.#result(id, options),
      cancel: () => this.cancel(id),
    };
  }

  async #result(id: string, options?: FollowOptions): Promise<JobResult> {
    const events = await (this.#events ??= this.#listen());
    return await this.#asked(() => followJob({ queue: this.#queue, events }, id, options));
  }

  async #listen(): Promise<BullEvents> {
    const { QueueEvents } = await loadQueuePackages();
    const connection = await redisPattern(this.#url);
    const events = new QueueEvents(this.#name, { connection, prefix: KEY_PREFIX, skipVersionCheck: true });
    events.setMaxListeners(0); // As many jobs as are followed.
    events.on("error", () => {}); // It is connected anew, and jobs are looked at meanwhile.
    return events;
  }

  /**
   * Cancels a job: one that waits is removed, one that is at work stops within a step of the decoder and has then failed.
   *
   * @returns Whether there was anything to cancel.
   */
  async cancel(id: string): Promise<boolean> {
    return await this.#asked(async () => {
      const job = await this.#queue.getJob(id);
      const state = await job?.getState();
      if (job === undefined || state === "completed" || state === "failed" || state === "unknown") {
        return false;
      }
      // First the mark: a worker may take the job at this moment.
      await this.#cancellation.mark(id);
      const { plan } = job.data;
      const stop = (part: string) => this.#cancellation.mark(part);
      const stopped = state === "waiting-children" && plan !== undefined
        ? await dropParts(job, plan, { queue: this.#queue, cancel: stop })
        : 0;
      // With parts at work it stays, and has failed once they have stopped.
      if (state !== "active" && stopped === 0) await job.remove().catch(() => {});
      return true;
    });
  }

  /**
   * Tries a job anew that has failed.
   *
   * @returns Whether it had.
   */
  async retry(id: string): Promise<boolean> {
    return await this.#asked(async () => {
      const job = await this.#queue.getJob(id);
      if (job === undefined || await job.getState() !== "failed") return false;
      await this.#cancellation.unmark(id);
      await job.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true });
      return true;
    });
  }

  /** Gives jobs that have failed, the newest first. */
  async failed(most = 100): Promise<FailedJob[]> {
    return await this.#asked(async () => {
      const jobs = await this.#queue.getJobs(["failed"], 0, most - 1, false);
      return jobs.map(({ id, failedReason, attemptsMade }) => {
        const { code, message } = readFailure(failedReason, id);
        return { id, code, message, attempts: attemptsMade };
      });
    });
  }

  /** Gives the state of a job. */
  async state(id: string): Promise<JobState> {
    return await this.#asked(() => this.#queue.getJobState(id));
  }

  /** Counts. */
  async figures(): Promise<QueueFigures> {
    return await this.#asked(async () => {
      const [counts, [oldest], done, failed, workers, audioSeconds] = await Promise.all([
        this.#queue.getJobCounts(...OPEN_STATES, "completed", "failed"),
        this.#queue.getJobs(["waiting", "prioritized"], 0, 0, true),
        this.#queue.getMetrics("completed", 0, 9),
        this.#queue.getMetrics("failed", 0, 9),
        this.#queue.getWorkersCount(),
        this.#heard.total(),
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
    });
  }

  /**
   * Removes jobs that ended before so many seconds.
   *
   * @returns How many.
   */
  async clean(state: "completed" | "failed", olderThan: number, most = 10_000): Promise<number> {
    return await this.#asked(async () => (await this.#queue.clean(olderThan * 1000, most, state)).length);
  }

  async #asked<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw asConnectionError(error, this.#url);
    }
  }

  /** Closes the connections. What was sent stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    const events = await this.#events?.catch(() => undefined);
    await events?.close().catch(() => {});
    await this.#queue.close().catch(() => {});
    this.#client.disconnect();
  }
}

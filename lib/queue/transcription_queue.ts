/** The queue as those who send jobs hold it. */
import { checkOptions } from "../options/check_options.ts";
import { JOB_VERSION, type JobData, type JobResult, type SoundReference } from "./job.ts";
import { cancelJob, type CancelTools, removeFailedJob, retryJob } from "./jobs/cancel_job.ts";
import { Cancellation } from "./jobs/cancellation.ts";
import { checkEnqueueOptions, checkSound } from "./jobs/check_job.ts";
import { type FailedJob, failedJobs } from "./jobs/failed_jobs.ts";
import { followJob, type FollowOptions } from "./jobs/follow.ts";
import { HeardSeconds } from "./jobs/heard_seconds.ts";
import { jobKey } from "./jobs/job_key.ts";
import { Removals } from "./jobs/removals.ts";
import { countJobs, type QueueFigures } from "./jobs/queue_figures.ts";
import {
  ENQUEUE_DEFAULTS,
  type EnqueueOptions,
  QUEUE_DEFAULTS,
  QUEUE_RULES,
  type QueueOptions,
} from "./queue_options.ts";
import type { BullEvents, BullQueue, JobState, RedisClient } from "./redis/bullmq.ts";
import { asConnectionError, connectRedis, pingRedis, redisPattern } from "./redis/connection.ts";
import { KEY_PREFIX, openBullQueue } from "./redis/open_bull_queue.ts";
import { loadQueuePackages } from "./redis/queue_packages.ts";

/** The name of a job that transcribes a recording. */
const TRANSCRIBE = "transcribe";

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

/** The queue. */
export class TranscriptionQueue implements AsyncDisposable {
  readonly #url: string;
  readonly #name: string;
  readonly #client: RedisClient;
  readonly #queue: BullQueue;
  readonly #cancellation: Cancellation;
  readonly #heard: HeardSeconds;
  readonly #removals: Removals;
  readonly #closed = new AbortController();
  #events: Promise<BullEvents> | undefined;

  private constructor(url: string, name: string, client: RedisClient, queue: BullQueue) {
    this.#url = url;
    this.#name = name;
    this.#client = client;
    this.#queue = queue;
    this.#cancellation = new Cancellation(client, queue.qualifiedName);
    this.#heard = new HeardSeconds(client, queue.qualifiedName);
    this.#removals = new Removals(client, queue.qualifiedName);
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
    const { model, transcribe = {}, webhook, partSeconds, key, removeSound, ...given } = checkEnqueueOptions(
      options,
    );
    checkSound(sound);
    const { priority, attempts, backoff, keepResult, keepFailure } = { ...ENQUEUE_DEFAULTS, ...given };
    const data: JobData = {
      version: JOB_VERSION,
      sound,
      options: transcribe,
      keepResult,
      keepFailure,
      ...(model !== undefined && { model }),
      ...(webhook && { webhook }),
      ...(partSeconds !== undefined && { partSeconds }),
      ...(removeSound && { removeSound }),
    };
    const id = key ?? jobKey(data);
    return await this.#asked(async () => {
      let before = await this.#queue.getJobState(id);
      if (before === "failed") before = await removeFailedJob(id, this.#endTools);
      if (before === "unknown") {
        await this.#cancellation.unmark(id);
        await this.#queue.add(TRANSCRIBE, data, {
          jobId: id,
          priority,
          attempts,
          backoff: { type: "exponential", delay: backoff * 1000, jitter: 0.25 },
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
    return await this.#asked(() =>
      followJob({ queue: this.#queue, events, closed: this.#closed.signal }, id, options)
    );
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
    return await this.#asked(() => cancelJob(id, this.#endTools));
  }

  /**
   * Tries a job anew that has failed.
   *
   * @returns Whether it had.
   */
  async retry(id: string): Promise<boolean> {
    return await this.#asked(() => retryJob(id, this.#endTools));
  }

  /**
   * Gives jobs that have failed, the newest first.
   *
   * @param most How many at most. @default {100}
   */
  async failed(most = 100): Promise<FailedJob[]> {
    return await this.#asked(() => failedJobs(this.#queue, most));
  }

  /** Gives the state of a job. */
  async state(id: string): Promise<JobState> {
    return await this.#asked(() => this.#queue.getJobState(id));
  }

  /** Counts. */
  async figures(): Promise<QueueFigures> {
    return await this.#asked(() => countJobs(this.#queue, this.#heard));
  }

  /**
   * Removes jobs that ended before so many seconds.
   *
   * @param most How many at most. @default {10_000}
   * @returns How many.
   */
  async clean(state: "completed" | "failed", olderThan: number, most = 10_000): Promise<number> {
    return await this.#asked(async () => (await this.#queue.clean(olderThan * 1000, most, state)).length);
  }

  get #endTools(): CancelTools {
    return { queue: this.#queue, cancellation: this.#cancellation, removals: this.#removals };
  }

  async #asked<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw asConnectionError(error, this.#url);
    }
  }

  /** Closes the connections. What was sent stays; who waits for a result is told that it does not come. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new DOMException("The queue was closed", "AbortError"));
    const events = await this.#events?.catch(() => undefined);
    await events?.close().catch(() => {});
    await this.#queue.close().catch(() => {});
    this.#client.disconnect();
  }
}

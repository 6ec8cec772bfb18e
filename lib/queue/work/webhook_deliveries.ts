/**
 * Tells of the ends of jobs. What is to be told is a job of a queue beside, so that it is told although the worker that
 * did the work is gone, and again and again where the receiver is away.
 */
import { readFailure } from "../failure.ts";
import type { JobResult } from "../job.ts";
import {
  type BullJob,
  type BullQueue,
  type BullWorker,
  ENDED_STATES,
  type RedisClient,
} from "../redis/bullmq.ts";
import type { AddressRules } from "../address/address_rules.ts";
import type { RequestTools } from "../address/pinned_request.ts";
import type { QueuePackages } from "../redis/queue_packages.ts";
import { sendWebhook, WebhookError } from "../webhook/send_webhook.ts";

/** The secrets that webhooks are signed with, by the names that jobs use; `default` where one names none. */
export type WebhookSecrets = Readonly<Record<string, string | readonly string[]>>;

/** What telling needs. */
export interface DeliveryTools {
  readonly packages: QueuePackages;
  readonly client: RedisClient;
  readonly prefix: string;
  /** The name of the queue whose jobs are told of. */
  readonly name: string;
  /** That queue. */
  readonly jobs: Pick<BullQueue, "getJob">;
  /** Without them this worker leaves it to others to tell. */
  readonly secrets: WebhookSecrets | undefined;
  readonly rules: AddressRules;
  /** Told of trouble with Redis. */
  readonly onTrouble: (error: Error) => void;
  /** Told of what could not be told of a job. */
  readonly onFailure: (id: string, error: Error) => void;
  /** Replaced by tests. */
  readonly tools?: RequestTools;
}

/** How often it is told, and seconds before the second time: twice as many before each after it, some 17 minutes in all. */
const ATTEMPTS = 10;
const FIRST_PAUSE = 2;

/** Seconds that what could not be told is kept. */
const KEPT = 7 * 24 * 3600;

/** Milliseconds until it is looked again whether a job is at its end. */
const LOOK_AGAIN = 1000;

/** What telling gives. */
const NOTHING: JobResult = { text: "", segments: [], language: "", duration: 0, warnings: [] };

/** The secret of those that name none. */
const DEFAULT_SECRET = "default";

/** How many receivers are told at a time. */
const AT_A_TIME = 8;

/** The queue of what is to be told, and who tells it. Whoever opens it disposes it. */
export class WebhookDeliveries implements AsyncDisposable {
  readonly #tools: DeliveryTools;
  readonly #queue: BullQueue;
  readonly #worker: BullWorker | undefined;

  /** Opens it, and begins to tell. */
  constructor(tools: DeliveryTools) {
    this.#tools = tools;
    const { packages, client, prefix, name, secrets, onTrouble, onFailure } = tools;
    const connected = { connection: client, prefix, skipVersionCheck: true };
    const beside = `${name}.webhooks`;
    this.#queue = new packages.Queue(beside, { ...connected, streams: { events: { maxLen: 100 } } });
    this.#queue.on("error", onTrouble);
    if (secrets === undefined) return;
    const lock = 60_000;
    const worker = new packages.Worker(beside, (job, token) => this.#tell(job, token), {
      ...connected,
      autorun: false,
      concurrency: AT_A_TIME,
      lockDuration: lock,
      stalledInterval: lock,
      maxStalledCount: ATTEMPTS,
      runRetryDelay: LOOK_AGAIN,
      drainDelay: 5,
      metrics: { maxDataPoints: 1 },
    });
    worker.on("error", onTrouble);
    worker.on("failed", (job, error) => job?.finishedOn !== undefined && onFailure(job.id, error));
    void worker.run().catch(onTrouble);
    this.#worker = worker;
  }

  /** Has the end of a job told, which may still be to come. */
  async add({ id, data }: BullJob): Promise<void> {
    if (data.webhook === undefined) return;
    // What could not be told of an earlier end is kept under the same name.
    if (await this.#queue.getJobState(id) === "failed") await (await this.#queue.getJob(id))?.remove();
    await this.#queue.add("webhook", data, {
      jobId: id,
      attempts: ATTEMPTS,
      backoff: { type: "exponential", delay: FIRST_PAUSE * 1000, jitter: 0.25 },
      removeOnComplete: true,
      removeOnFail: { age: KEPT },
    });
  }

  /** Whether nothing is to be told of a job any more. */
  async isTold({ id, data }: BullJob): Promise<boolean> {
    return data.webhook === undefined || ENDED_STATES.includes(await this.#queue.getJobState(id));
  }

  async #tell(told: BullJob, token: string): Promise<JobResult> {
    const { packages, jobs, secrets = {}, rules, tools } = this.#tools;
    const { id, data: { webhook } } = told;
    const job = await jobs.getJob(id);
    // One that was removed has nothing to tell.
    if (job === undefined || webhook === undefined) return NOTHING;
    if (job.finishedOn === undefined) {
      await told.moveToDelayed(Date.now() + LOOK_AGAIN, token);
      throw new packages.DelayedError();
    }
    const name = webhook.secretName ?? DEFAULT_SECRET;
    const secret = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (secret === undefined) {
      throw new packages.UnrecoverableError(`This worker has no secret ${JSON.stringify(name)} for webhooks`);
    }
    try {
      await sendWebhook(
        { url: webhook.url, id: `${id}.${job.finishedOn}`, body: JSON.stringify(bodyOf(job)), secret },
        { rules, tools },
      );
    } catch (error) {
      if (error instanceof WebhookError && error.mayGoBetter) throw error;
      throw new packages.UnrecoverableError(error instanceof Error ? error.message : String(error));
    }
    return NOTHING;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.close();
    await this.#queue.close().catch(() => {});
  }
}

/** What is told: the transcription, or why there is none. */
function bodyOf({ id, finishedOn, failedReason, returnvalue }: BullJob): object {
  const timestamp = new Date(finishedOn!).toISOString();
  if (returnvalue) return { type: "transcription.completed", timestamp, data: { id, ...returnvalue } };
  const { code, message } = readFailure(failedReason, id);
  return { type: "transcription.failed", timestamp, data: { id, error: { code, message } } };
}

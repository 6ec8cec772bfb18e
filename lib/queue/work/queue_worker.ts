/** What takes jobs from the queue, does them, and tells what became of them. */
import { anySignal, unlessAborted } from "../../async/signals.ts";
import { type LoadServedModel, ServedModels } from "../../http/work/served_models.ts";
import { Turns } from "../../http/work/turns.ts";
import { Cancellation } from "../jobs/cancellation.ts";
import { HeardSeconds } from "../jobs/heard_seconds.ts";
import { KeptJobs } from "../jobs/kept_jobs.ts";
import { Removals } from "../jobs/removals.ts";
import type { BullWorker, RedisClient } from "../redis/bullmq.ts";
import { connectRedis } from "../redis/connection.ts";
import { KEY_PREFIX, openBullQueue } from "../redis/open_bull_queue.ts";
import { loadQueuePackages, type QueuePackages } from "../redis/queue_packages.ts";
import { openSpeechModel } from "../parts/part_audio.ts";
import type { PartsTools } from "./do_in_parts.ts";
import { EndedJobs, type EndTools } from "./ended_jobs.ts";
import { JobsAtWork } from "./jobs_at_work.ts";
import { WebhookDeliveries } from "./webhook_deliveries.ts";
import { WorkerLog } from "./worker_log.ts";
import type { WorkerSettings } from "./worker_options.ts";

/** A worker. Whoever made it closes it. */
export interface QueueWorker extends AsyncDisposable {
  /**
   * Resolves when the first model is loaded and jobs are taken.
   *
   * Rejects with a `QueueConnectionError` when Redis refuses, or is not reached in time; and with what `loadModel`
   * throws.
   */
  readonly ready: Promise<void>;
  /**
   * Takes no job any more, and lets those at work come to their end.
   *
   * @param options `timeout`: seconds after which those still at work are given back to the queue, to be done anew by
   * others. Default: 30.
   */
  close(options?: { timeout?: number }): Promise<void>;
}

/** Seconds that going down may take. */
const CLOSE_TIMEOUT = 30;

/** Milliseconds in which jobs are given back. */
const GIVE_BACK = 10_000;

/** Minutes for which it is counted how many jobs were done in each. */
const MINUTES_COUNTED = 24 * 60;

/** Milliseconds before Redis is asked anew for a job, where it was away. */
const ASK_AGAIN = 1000;

/** Seconds that a worker waits at Redis for a job before it asks anew. */
const WAIT_FOR_JOB = 5;

/** A worker that is, or will be, connected. */
export class Worker implements QueueWorker {
  readonly #settings: WorkerSettings;
  readonly #log: WorkerLog;
  readonly #models: ServedModels;
  readonly #stop = new AbortController();
  readonly #held = new AsyncDisposableStack();
  #client: RedisClient | undefined;
  #jobs: JobsAtWork | undefined;
  #ended: EndedJobs | undefined;
  #bull: BullWorker | undefined;
  #closed: Promise<void> | undefined;
  readonly ready: Promise<void>;

  constructor(settings: WorkerSettings, loadModel: LoadServedModel) {
    this.#settings = settings;
    const log = this.#log = new WorkerLog(settings);
    this.#models = new ServedModels({ ...settings, loadModel, onChange: log.model });
    this.ready = this.#start();
    this.ready.catch(() => {}); // Whoever asks is told.
  }

  async #start(): Promise<void> {
    const stop = anySignal(this.#settings.signal, this.#stop.signal);
    const packages = await loadQueuePackages();
    const client = this.#client = await this.#connect(stop);
    const isKeeping = await unlessAborted(this.#keepsAll(client), stop);
    // A worker that cannot load its model takes no jobs from those that can.
    (await this.#models.use(undefined, stop))[Symbol.dispose]();
    const tools = this.#openTools(packages, client);
    const jobs = this.#jobs = new JobsAtWork(tools);
    const ended = this.#ended = new EndedJobs(tools);
    this.#held.use(await tools.cancellation.listen(() => jobs.ids, (id) => jobs.cancel(id), stop));
    stop.throwIfAborted();
    const bull = this.#bull = this.#makeBullWorker(packages, client, isKeeping, jobs);
    bull.on("error", this.#log.trouble);
    bull.on(
      "stalled",
      (job) => this.#log.write({ level: "warn", event: "job taken from a worker that is gone", job }),
    );
    bull.on("completed", (job, result) => ended.done(job, result));
    bull.on("failed", (job, error) => job && ended.failed(job, error));
    // Somebody else has it now.
    bull.on("lockRenewalFailed", (ids) => jobs.handOn("The job was given to another worker", ids));
    void bull.run().catch(this.#log.trouble);
    await unlessAborted(bull.waitUntilReady(), stop);
    await unlessAborted(this.#sweepNowAndThen(tools), stop);
  }

  async #connect(signal: AbortSignal): Promise<RedisClient> {
    const { redis, connectTimeout } = this.#settings;
    const { trouble, reached } = this.#log;
    const client = await connectRedis(redis, {
      timeout: connectTimeout,
      isPatient: true,
      signal,
      onTrouble: trouble,
    });
    this.#held.defer(() => client.disconnect());
    client.on("ready", reached);
    reached();
    return client;
  }

  /** Whether Redis keeps what it has. One that drops what it has no room for loses jobs. */
  async #keepsAll(client: RedisClient): Promise<boolean> {
    const [, policy] = await client.config("GET", "maxmemory-policy").catch(() => []);
    if (policy !== undefined && policy !== "noeviction") {
      const error = `maxmemory-policy is ${policy}: jobs may be lost; set it to noeviction`;
      this.#log.write({ level: "warn", event: "redis", error });
    }
    return policy === "noeviction";
  }

  #openTools(packages: QueuePackages, client: RedisClient): EndTools {
    const { queue: name, load: { library, threads }, sound, webhookSecrets } = this.#settings;
    const { transcribe, maxDuration, concurrency } = this.#settings;
    const log = this.#log, held = this.#held, key = `${KEY_PREFIX}:${name}`;
    const cancellation = new Cancellation(client, key);
    const queue = openBullQueue(packages, name, client, log.trouble);
    held.defer(() => queue.close().catch(() => {}));
    const parts: PartsTools = {
      models: this.#models,
      turns: new Turns(concurrency),
      sound,
      transcribe,
      maxDuration,
      speechModel: held.use(openSpeechModel({ library, threads })),
      queue,
      packages,
      cancel: (id) => cancellation.mark(id),
      isCancelled: (id) => cancellation.isMarked(id),
    };
    const webhooks = held.use(
      new WebhookDeliveries({
        packages,
        client,
        prefix: KEY_PREFIX,
        name,
        jobs: queue,
        secrets: webhookSecrets,
        rules: sound.rules,
        tools: sound.tools,
        onTrouble: log.trouble,
        onFailure: (job, { message }) =>
          log.write({ level: "error", event: "webhook not sent", job, error: message }),
      }),
    );
    const removals = new Removals(client, key, sound.soundFolder);
    const kept = new KeptJobs(client, key);
    return { cancellation, parts, webhooks, removals, kept, heard: new HeardSeconds(client, key), log };
  }

  #makeBullWorker(
    packages: QueuePackages,
    connection: RedisClient,
    isKeeping: boolean,
    jobs: JobsAtWork,
  ): BullWorker {
    const { queue, concurrency, lockSeconds, maxStalls } = this.#settings;
    const lock = lockSeconds * 1000;
    return new packages.Worker(queue, (job, token) => jobs.work(job, token), {
      connection,
      prefix: KEY_PREFIX,
      // Its check prints what is wrong with Redis; without it, short delays are rounded up to a second.
      skipVersionCheck: !isKeeping,
      autorun: false,
      concurrency,
      lockDuration: lock,
      stalledInterval: lock,
      maxStalledCount: maxStalls,
      runRetryDelay: ASK_AGAIN,
      drainDelay: WAIT_FOR_JOB,
      metrics: { maxDataPoints: MINUTES_COUNTED },
    });
  }

  async #sweepNowAndThen({ removals, kept, webhooks, parts: { queue } }: EndTools): Promise<void> {
    const sweepAll = async () => {
      await removals.sweep(queue);
      await kept.sweep(queue, (job) => webhooks.isTold(job));
    };
    const sweep = () => sweepAll().catch(this.#log.trouble);
    const timer = setInterval(() => void sweep(), this.#settings.lockSeconds * 1000);
    this.#held.defer(() => clearInterval(timer));
    await sweep();
  }

  close({ timeout = CLOSE_TIMEOUT }: { timeout?: number } = {}): Promise<void> {
    return this.#closed ??= this.#close(timeout);
  }

  async #close(timeout: number): Promise<void> {
    this.#stop.abort(new DOMException("The worker was closed", "AbortError"));
    await this.ready.catch(() => {});
    const giveBack = () => {
      this.#jobs?.handAllOn("The worker went down");
      // Where Redis is away, nothing can be given back: when nothing is heard of them, others begin those jobs anew.
      timer = setTimeout(() => this.#client?.disconnect(), this.#log.isAway ? 0 : GIVE_BACK);
    };
    let timer = setTimeout(giveBack, timeout * 1000);
    await this.#bull?.close().catch(this.#log.trouble);
    await this.#ended?.settled();
    await this.#held.disposeAsync();
    clearTimeout(timer);
    await this.#models[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What takes jobs from the queue, does them, and tells what became of them. */
import { anySignal } from "../../async/signals.ts";
import { type LoadServedModel, type ModelChange, ServedModels } from "../../http/work/served_models.ts";
import { Turns } from "../../http/work/turns.ts";
import { JobFailedError, JobRefusedError } from "../errors.ts";
import { codeOf, isLasting, readFailure, spellFailure } from "../failure.ts";
import type { JobResult } from "../job.ts";
import { Cancellation } from "../jobs/cancellation.ts";
import { HeardSeconds } from "../jobs/heard_seconds.ts";
import { Removals } from "../jobs/removals.ts";
import {
  type BullJob,
  type BullWorker,
  loadQueuePackages,
  type QueuePackages,
  type RedisClient,
} from "../redis/bullmq.ts";
import { asConnectionError, connectRedis, troubleOf } from "../redis/connection.ts";
import { EVENTS_KEPT, KEY_PREFIX } from "../transcription_queue.ts";
import { openSpeechModel } from "../parts/part_audio.ts";
import { dropParts } from "../jobs/drop_parts.ts";
import { doInParts, isForParts, type PartsTools } from "./do_in_parts.ts";
import { doJob, type JobTools, type JobWatch } from "./do_job.ts";
import { WebhookDeliveries } from "./webhook_deliveries.ts";
import type { WorkerLogEntry, WorkerSettings } from "./worker_options.ts";

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

/** Minutes for which it is counted how many jobs were done in each. */
const MINUTES_COUNTED = 24 * 60;

/** Milliseconds before Redis is asked anew for a job, where it was away. */
const ASK_AGAIN = 1000;

/** Seconds that a worker waits at Redis for a job before it asks anew. */
const WAIT_FOR_JOB = 5;

/** Why work stops that others are to do. */
class GoingDown extends Error {
  override name = "GoingDown";
}

/** A worker that is, or will be, connected. */
export class Worker implements QueueWorker {
  readonly #settings: WorkerSettings;
  readonly #models: ServedModels;
  readonly #tools: JobTools;
  readonly #running = new Map<string, AbortController>();
  /** What is done after jobs have ended. */
  readonly #after = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #held = new AsyncDisposableStack();
  #packages!: QueuePackages;
  #cancellation!: Cancellation;
  #parts!: PartsTools;
  #webhooks!: WebhookDeliveries;
  #removals!: Removals;
  #heard!: HeardSeconds;
  #bull: BullWorker | undefined;
  #isAway = false;
  /** Set once jobs are given back. */
  #goingDown: GoingDown | undefined;
  #closed: Promise<void> | undefined;
  readonly ready: Promise<void>;

  constructor(settings: WorkerSettings, loadModel: LoadServedModel) {
    this.#settings = settings;
    this.#models = new ServedModels({ ...settings, loadModel, onChange: (change) => this.#onModel(change) });
    this.#tools = {
      models: this.#models,
      turns: new Turns(settings.concurrency),
      sound: settings.sound,
      transcribe: settings.transcribe,
      maxDuration: settings.maxDuration,
    };
    this.ready = this.#start();
    this.ready.catch(() => {}); // Whoever asks is told.
  }

  async #start(): Promise<void> {
    const { redis, queue, connectTimeout, concurrency, lockSeconds, maxStalls, signal } = this.#settings;
    const stop = anySignal(signal, this.#stop.signal);
    this.#packages = await loadQueuePackages();
    const client = await connectRedis(redis, {
      timeout: connectTimeout,
      isPatient: true,
      signal: stop,
      onTrouble: (error) => this.#onTrouble(error),
    });
    this.#held.defer(() => client.disconnect());
    client.on("ready", () => this.#onBack());
    this.#onBack();
    const isKeeping = await this.#keepsAll(client);
    // A worker that cannot load its model takes no jobs from those that can.
    (await this.#models.use(undefined, stop))[Symbol.dispose]();
    this.#cancellation = new Cancellation(client, `${KEY_PREFIX}:${queue}`);
    this.#removals = new Removals(client, `${KEY_PREFIX}:${queue}`, this.#settings.sound.soundFolder);
    this.#heard = new HeardSeconds(client, `${KEY_PREFIX}:${queue}`);
    this.#held.use(
      await this.#cancellation.listen(() => this.#running.keys(), (id) => this.#cancel(id)),
    );
    stop.throwIfAborted();
    const lock = lockSeconds * 1000;
    const bull = new this.#packages.Worker(queue, (job, token) => this.#process(job, token), {
      connection: client,
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
    this.#bull = bull;
    this.#parts = this.#partsTools(client, queue);
    this.#webhooks = this.#held.use(
      new WebhookDeliveries({
        packages: this.#packages,
        client,
        prefix: KEY_PREFIX,
        name: queue,
        jobs: this.#parts.queue,
        secrets: this.#settings.webhookSecrets,
        rules: this.#settings.sound.rules,
        tools: this.#settings.sound.tools,
        onTrouble: (error) => this.#onTrouble(error),
        onFailure: (job, { message }) =>
          this.#log({ level: "error", event: "webhook not sent", job, error: message }),
      }),
    );
    bull.on("error", (error) => this.#onTrouble(error));
    bull.on(
      "stalled",
      (job) => this.#log({ level: "warn", event: "job taken from a worker that is gone", job }),
    );
    bull.on("completed", (job, result) => this.#onEnd(job, result));
    bull.on("failed", (job, error) => this.#onFailure(job, error));
    // Somebody else has it now.
    bull.on("lockRenewalFailed", (ids) => {
      for (const id of ids) {
        this.#running.get(id)?.abort(new GoingDown("The job was given to another worker"));
      }
    });
    void bull.run().catch((error) => this.#onTrouble(error));
    await bull.waitUntilReady();
    await this.#sweepNowAndThen(lock);
  }

  async #sweepNowAndThen(every: number): Promise<void> {
    const { queue } = this.#parts;
    const sweep = () => this.#removals.sweep(queue).catch((error) => this.#onTrouble(error));
    const timer = setInterval(() => void sweep(), every);
    this.#held.defer(() => clearInterval(timer));
    await sweep();
  }

  async #process(job: BullJob, token: string): Promise<JobResult> {
    const { WaitingError, WaitingChildrenError, UnrecoverableError } = this.#packages;
    const { id } = job;
    const control = new AbortController();
    this.#running.set(id, control);
    // One that was given back is fetched again, if the next was being fetched at that moment.
    if (this.#goingDown) control.abort(this.#goingDown);
    try {
      if (await this.#cancellation.isMarked(id)) this.#cancel(id);
      control.signal.throwIfAborted();
      const watch: JobWatch = {
        signal: control.signal,
        // One that is lost is no harm: all is in the result.
        onProgress: (progress) =>
          void job.updateProgress({ ...progress, attempt: job.attemptsStarted }).catch(() => {}),
      };
      const result = isForParts(job.data)
        ? await doInParts(job, token, this.#parts, watch)
        : await doJob(job.data, this.#tools, watch);
      // Before the end, lest nobody tells of it.
      await this.#webhooks.add(job);
      await this.#removals.announce(id, job.data);
      return result;
    } catch (thrown) {
      if (thrown instanceof WaitingChildrenError) throw thrown;
      const error = control.signal.aborted ? control.signal.reason : thrown;
      if (error instanceof GoingDown) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      await this.#removals.announce(id, job.data);
      const reason = spellFailure(error);
      // A part was tried often enough.
      throw isLasting(error) || error instanceof JobFailedError
        ? new UnrecoverableError(reason)
        : new Error(reason, { cause: error });
    } finally {
      this.#running.delete(id);
    }
  }

  #partsTools(client: RedisClient, name: string): PartsTools {
    const { library, threads } = this.#settings.load;
    const queue = new this.#packages.Queue(name, {
      connection: client,
      prefix: KEY_PREFIX,
      skipVersionCheck: true,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    queue.on("error", (error) => this.#onTrouble(error));
    this.#held.defer(() => queue.close().catch(() => {}));
    return {
      ...this.#tools,
      speechModel: this.#held.use(openSpeechModel({ library, threads })),
      queue,
      packages: this.#packages,
      cancel: (id) => this.#cancellation.mark(id),
    };
  }

  #cancel(id: string): void {
    this.#running.get(id)?.abort(new JobRefusedError("The job was cancelled", "CANCELLED"));
  }

  #onEnd(job: BullJob, { duration }: JobResult): void {
    const { processedOn = 0, finishedOn = processedOn } = job;
    const seconds = (finishedOn - processedOn) / 1000;
    this.#log({ level: "info", event: "job done", job: job.id, model: job.data.model, seconds });
    this.#later(job);
    // Parts are counted with their recording.
    if (job.data.part === undefined) this.#later(job, () => this.#heard.add(duration));
  }

  #onFailure(job: BullJob | undefined, error: Error): void {
    if (job === undefined) return;
    const { code, message } = readFailure(error.message, job.id);
    const isOver = job.finishedOn !== undefined;
    const event = isOver ? "job failed" : "job failed, to be tried again";
    this.#log({ level: isOver ? "error" : "warn", event, job: job.id, code, error: message });
    if (!isOver) return;
    this.#later(job, () => this.#webhooks.add(job));
    this.#later(job);
    if (job.data.part !== undefined && code !== "CANCELLED") this.#later(job, () => this.#dropSiblings(job));
  }

  /** Does what comes after the end of a job, without keeping the next one waiting. */
  #later(job: BullJob, work = () => this.#tidy(job)): void {
    const done = work().catch((error) => {
      this.#log({ level: "warn", event: "not tidied", job: job.id, error: String(error) });
    }).finally(() => this.#after.delete(done));
    this.#after.add(done);
  }

  /** Lets go of the other parts when one has failed, so that there is room for the job that tells of it. */
  async #dropSiblings({ parent }: BullJob): Promise<void> {
    const whole = parent && await this.#parts.queue.getJob(parent.id);
    if (whole?.data.plan !== undefined) await dropParts(whole, whole.data.plan, this.#parts);
  }

  async #tidy({ id, data }: BullJob): Promise<void> {
    await this.#removals.remove(id, data);
    await this.#cancellation.unmark(id);
  }

  /** Whether Redis keeps what it has. One that drops what it has no room for loses jobs. */
  async #keepsAll(client: RedisClient): Promise<boolean> {
    const [, policy] = await client.config("GET", "maxmemory-policy").catch(() => []);
    if (policy !== undefined && policy !== "noeviction") {
      const error = `maxmemory-policy is ${policy}: jobs may be lost; set it to noeviction`;
      this.#log({ level: "warn", event: "redis", error });
    }
    return policy === "noeviction";
  }

  #onTrouble(error: Error): void {
    const trouble = troubleOf(error);
    // It is tried again and again: once is enough to know it.
    if (trouble === "QUEUE_UNREACHABLE" && this.#isAway) return;
    if (trouble === "QUEUE_UNREACHABLE") this.#isAway = true;
    const { message } = asConnectionError(error, this.#settings.redis) as Error;
    this.#log({ level: "warn", event: "redis", code: trouble ?? codeOf(error), error: message });
  }

  #onBack(): void {
    if (this.#isAway) this.#log({ level: "info", event: "redis is back" });
    this.#isAway = false;
  }

  #onModel({ event, model, seconds, error }: ModelChange): void {
    this.#log({ level: event === "model failed" ? "error" : "info", event, model, seconds, error });
  }

  #log(entry: Omit<WorkerLogEntry, "time">): void {
    this.#settings.onLog?.({ time: new Date().toISOString(), ...entry });
  }

  close({ timeout = CLOSE_TIMEOUT }: { timeout?: number } = {}): Promise<void> {
    return this.#closed ??= this.#close(timeout);
  }

  async #close(timeout: number): Promise<void> {
    this.#stop.abort(new DOMException("The worker was closed", "AbortError"));
    await this.ready.catch(() => {});
    const giveBack = () => {
      this.#goingDown = new GoingDown("The worker went down");
      for (const control of this.#running.values()) control.abort(this.#goingDown);
    };
    const timer = setTimeout(giveBack, timeout * 1000);
    await this.#bull?.close().catch((error) => this.#onTrouble(error));
    clearTimeout(timer);
    await Promise.all(this.#after);
    await this.#held.disposeAsync();
    await this.#models[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

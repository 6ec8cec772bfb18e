/** The jobs that a worker is at work on. Each may be stopped: for good, or so that another worker does it. */
import { JobFailedError, JobRefusedError } from "../errors.ts";
import { isLasting, spellFailure } from "../failure.ts";
import type { JobResult } from "../job.ts";
import type { Cancellation } from "../jobs/cancellation.ts";
import { dropPlan } from "../jobs/drop_parts.ts";
import type { Ending, KeptJobs } from "../jobs/kept_jobs.ts";
import type { Removals } from "../jobs/removals.ts";
import type { BullJob } from "../redis/bullmq.ts";
import { doInParts, isForParts, type PartsTools } from "./do_in_parts.ts";
import { doJob, type JobWatch } from "./do_job.ts";
import type { WebhookDeliveries } from "./webhook_deliveries.ts";

/** Why work stops that others are to do. */
class HandedOn extends Error {
  override name = "HandedOn";
}

/** What the work needs. */
export interface WorkTools {
  readonly cancellation: Cancellation;
  readonly parts: PartsTools;
  readonly webhooks: WebhookDeliveries;
  readonly removals: Removals;
  readonly kept: KeptJobs;
}

/** Notes what comes after the end of a job before that: nothing of it is forgotten where its worker dies at the end. */
export async function announceEnd(
  job: BullJob,
  ending: Ending,
  { webhooks, removals, kept }: Pick<WorkTools, "webhooks" | "removals" | "kept">,
): Promise<void> {
  await webhooks.add(job);
  await removals.announce(job.id, job.data);
  await kept.announce(job.id, job.data, ending);
}

/** The jobs. */
export class JobsAtWork {
  readonly #tools: WorkTools;
  readonly #running = new Map<string, AbortController>();
  /** Set once all are left to others. */
  #handedOn: HandedOn | undefined;

  constructor(tools: WorkTools) {
    this.#tools = tools;
  }

  /** Their keys. */
  get ids(): Iterable<string> {
    return this.#running.keys();
  }

  /** Does a job, as BullMQ wants it done: what is thrown says whether it is tried again. */
  async work(job: BullJob, token: string): Promise<JobResult> {
    const { cancellation, parts } = this.#tools;
    const { WaitingError, WaitingChildrenError, UnrecoverableError } = parts.packages;
    const { id } = job;
    const control = new AbortController();
    this.#running.set(id, control);
    // One that was given back is fetched again, if the next was being fetched at that moment.
    if (this.#handedOn) control.abort(this.#handedOn);
    try {
      if (await cancellation.isMarked(id)) this.cancel(id);
      control.signal.throwIfAborted();
      const watch: JobWatch = {
        signal: control.signal,
        // One that is lost is no harm: all is in the result.
        onProgress: (progress) =>
          void job.updateProgress({ ...progress, attempt: job.attemptsStarted }).catch(() => {}),
      };
      const result = isForParts(job.data)
        ? await doInParts(job, token, parts, watch)
        : await doJob(job.data, parts, watch);
      await announceEnd(job, "result", this.#tools);
      return result;
    } catch (thrown) {
      if (thrown instanceof WaitingChildrenError) throw thrown;
      const error = control.signal.aborted ? control.signal.reason : thrown;
      if (error instanceof HandedOn) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      await dropPlan(job, parts);
      // A part was tried often enough.
      const isLast = isLasting(error) || error instanceof JobFailedError;
      const { attempts = 1 } = job.opts;
      if (isLast || job.attemptsMade + 1 >= attempts) await announceEnd(job, "failure", this.#tools);
      const reason = spellFailure(error);
      throw isLast ? new UnrecoverableError(reason) : new Error(reason, { cause: error });
    } finally {
      // One that was put back may be at work here again.
      if (this.#running.get(id) === control) this.#running.delete(id);
    }
  }

  /** Stops a job for good, if it is at work here. */
  cancel(id: string): void {
    this.#running.get(id)?.abort(new JobRefusedError("The job was cancelled", "CANCELLED"));
  }

  /** Leaves jobs to other workers. */
  handOn(why: string, ids: Iterable<string>): void {
    for (const id of ids) this.#running.get(id)?.abort(new HandedOn(why));
  }

  /** Leaves all jobs to other workers, and those that come. */
  handAllOn(why: string): void {
    this.#handedOn = new HandedOn(why);
    for (const control of this.#running.values()) control.abort(this.#handedOn);
  }
}

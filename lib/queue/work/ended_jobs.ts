/** What comes after the end of a job: it is told and tidied up after, without keeping the next one waiting. */
import { readFailure, STALLED } from "../failure.ts";
import type { JobResult } from "../job.ts";
import { dropParts } from "../jobs/drop_parts.ts";
import type { HeardSeconds } from "../jobs/heard_seconds.ts";
import type { BullJob } from "../redis/bullmq.ts";
import { announceEnd, type WorkTools } from "./jobs_at_work.ts";
import type { WorkerLog } from "./worker_log.ts";

/** What that takes. */
export interface EndTools extends WorkTools {
  readonly heard: HeardSeconds;
  readonly log: WorkerLog;
}

/** Looks after jobs that have ended. */
export class EndedJobs {
  readonly #tools: EndTools;
  readonly #underWay = new Set<Promise<void>>();

  constructor(tools: EndTools) {
    this.#tools = tools;
  }

  /** A job is done. */
  done(job: BullJob, { duration }: JobResult): void {
    const { heard, log } = this.#tools;
    const { processedOn = 0, finishedOn = processedOn } = job;
    const seconds = (finishedOn - processedOn) / 1000;
    log.write({ level: "info", event: "job done", job: job.id, model: job.data.model, seconds });
    this.#later(job, () => this.#tidy(job));
    // Parts are counted with their recording.
    if (job.data.part === undefined) this.#later(job, () => heard.add(duration));
  }

  /** A job has failed: for good, or to be tried again. */
  failed(job: BullJob, error: Error): void {
    const { parts, log } = this.#tools;
    const { code, message } = readFailure(error.message, job.id);
    const isOver = job.finishedOn !== undefined;
    const event = isOver ? "job failed" : "job failed, to be tried again";
    log.write({ level: isOver ? "error" : "warn", event, job: job.id, code, error: message });
    if (!isOver) return;
    // Nobody was at work on it when that was found out.
    if (code === STALLED) this.#later(job, () => announceEnd(job, "failure", this.#tools));
    const { plan } = job.data;
    if (plan !== undefined) this.#later(job, async () => void await dropParts(job, plan, parts));
    this.#later(job, () => this.#tidy(job));
    if (job.data.part !== undefined && code !== "CANCELLED") this.#later(job, () => this.#dropSiblings(job));
  }

  /** Waits until nothing is left to be done. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #later(job: BullJob, work: () => Promise<void>): void {
    const done = work().catch((error) => {
      this.#tools.log.write({ level: "warn", event: "not tidied", job: job.id, error: String(error) });
    }).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** Lets go of the other parts when one has failed, so that there is room for the job that tells of it. */
  async #dropSiblings({ parent }: BullJob): Promise<void> {
    const { parts } = this.#tools;
    const whole = parent && await parts.queue.getJob(parent.id);
    if (whole?.data.plan !== undefined) await dropParts(whole, whole.data.plan, parts);
  }

  async #tidy({ id, data }: BullJob): Promise<void> {
    await this.#tools.removals.remove(data);
    await this.#tools.cancellation.unmark(id);
  }
}

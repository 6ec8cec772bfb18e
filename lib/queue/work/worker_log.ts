/** What a worker tells its log. */
import type { ModelChange } from "../../http/work/served_models.ts";
import { codeOf } from "../failure.ts";
import { asConnectionError, troubleOf } from "../redis/connection.ts";
import type { WorkerLogEntry, WorkerSettings } from "./worker_options.ts";

/** Tells it. */
export class WorkerLog {
  readonly #settings: Pick<WorkerSettings, "onLog" | "redis">;
  #isAway = false;

  constructor(settings: Pick<WorkerSettings, "onLog" | "redis">) {
    this.#settings = settings;
  }

  /** Whether Redis does not answer. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Tells of something that happens now. */
  write(entry: Omit<WorkerLogEntry, "time">): void {
    this.#settings.onLog?.({ time: new Date().toISOString(), ...entry });
  }

  /** Tells of trouble with Redis. */
  readonly trouble = (error: Error): void => {
    const trouble = troubleOf(error);
    // It is tried again and again: once is enough to know it.
    if (trouble === "QUEUE_UNREACHABLE" && this.#isAway) return;
    if (trouble === "QUEUE_UNREACHABLE") this.#isAway = true;
    const { message } = asConnectionError(error, this.#settings.redis) as Error;
    this.write({ level: "warn", event: "redis", code: trouble ?? codeOf(error), error: message });
  };

  /** Redis answers: that is told where it was away. */
  readonly reached = (): void => {
    if (this.#isAway) this.write({ level: "info", event: "redis is back" });
    this.#isAway = false;
  };

  /** Tells what became of a model. */
  readonly model = ({ event, model, seconds, error }: ModelChange): void => {
    this.write({ level: event === "model failed" ? "error" : "info", event, model, seconds, error });
  };
}

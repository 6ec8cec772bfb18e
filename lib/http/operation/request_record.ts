/** What is noted of a request while it goes on, and told the log and the metrics when it ends. */
import { randomUUID } from "node:crypto";
import type { ApiError } from "../api_error.ts";
import type { LogEntry } from "./log_entry.ts";
import type { ServerMetrics } from "./metrics.ts";

/** The status that is noted where the client went away before the answer. */
const CLIENT_WENT_AWAY = 499;

/** The note of a request. */
export class RequestRecord {
  /** A name of its own, for the log and the answer. None is taken from the client. */
  readonly id: string = `req_${randomUUID().replaceAll("-", "")}`;
  /** The path, or `"other"`. */
  readonly path: string;
  readonly #method: string;
  readonly #metrics: ServerMetrics;
  readonly #onLog: ((entry: LogEntry) => void) | undefined;
  readonly #started = performance.now();
  /** The name of the model. */
  model: string | undefined;
  /** Bytes of the upload. */
  bytes: number | undefined;
  /** Seconds of the recording. */
  audioSeconds: number | undefined;
  /** Whether the client went away. */
  isGone = false;
  /** Whether the answer comes in pieces: what makes it says when it ends. */
  isStreamed = false;
  /** Whether it became a live session, which takes as long as somebody speaks. */
  isLive = false;

  /** @param path One of those there are: others would fill the metrics. */
  constructor(
    request: Request,
    path: string,
    metrics: ServerMetrics,
    onLog: ((entry: LogEntry) => void) | undefined,
  ) {
    this.#method = /^(GET|HEAD|POST|OPTIONS|PUT|DELETE|PATCH)$/.test(request.method)
      ? request.method
      : "other";
    this.path = path;
    this.#metrics = metrics;
    this.#onLog = onLog;
  }

  /** Passes on what the library warns of. */
  warn(warning: string): void {
    this.#onLog?.({ ...this.#head("warn", "warning"), warning });
  }

  /** Tells how it ended. */
  end(status: number, error?: ApiError): void {
    const told = this.isGone ? CLIENT_WENT_AWAY : error?.status ?? status;
    const seconds = (performance.now() - this.#started) / 1000;
    this.#metrics.requests.add({ path: this.path, status: String(told) });
    if (this.audioSeconds !== undefined && !this.isLive) {
      this.#metrics.requestSeconds.observe(seconds);
      this.#metrics.audioSeconds.add({}, this.audioSeconds);
      if (seconds > 0) this.#metrics.speed.observe(this.audioSeconds / seconds);
    }
    this.#onLog?.({
      ...this.#head(levelOf(told), "request"),
      method: this.#method,
      status: told,
      seconds,
      code: this.isGone ? undefined : error?.code,
      bytes: this.bytes,
      model: this.model,
      audioSeconds: this.audioSeconds,
      // What the client was not told.
      error: error !== undefined && error.status >= 500 && error.cause !== undefined
        ? String(error.cause)
        : undefined,
    });
  }

  #head(level: LogEntry["level"], event: string): LogEntry {
    return { time: new Date().toISOString(), level, event, requestId: this.id, path: this.path };
  }
}

/** A balancer asks a server that is not ready again and again: that is no error. */
function levelOf(status: number): LogEntry["level"] {
  if (status === 503) return "warn";
  return status >= 500 ? "error" : "info";
}

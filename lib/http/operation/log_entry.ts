/** What a server tells its log. */

/** One thing that happened. There is nothing of a recording in it: no sound, no text, no name of a file, no prompt. */
export interface LogEntry {
  /** When, as ISO 8601. */
  readonly time: string;
  /** How bad it is. */
  readonly level: "info" | "warn" | "error";
  /** What happened: `"request"`, `"model loaded"` and its like. */
  readonly event: string;
  /** The request, as its answer has it in `x-request-id`. */
  readonly requestId?: string;
  /** The method of the request. */
  readonly method?: string;
  /** The path of the request, where there is such a one. */
  readonly path?: string;
  /** The status of the answer. */
  readonly status?: number;
  /** The code of the failure. */
  readonly code?: string;
  /** Seconds that it took. */
  readonly seconds?: number;
  /** The model. */
  readonly model?: string;
  /** Bytes of the upload. */
  readonly bytes?: number;
  /** Seconds of the recording. */
  readonly audioSeconds?: number;
  /** What failed here, in words. */
  readonly error?: string;
  /** What the library warned of. */
  readonly warning?: string;
}

/** The failures of the queue, each with a code that stays. */

/**
 * Why Redis does not do what is asked: it cannot be reached; it does not take the password or lets this user do too
 * little; its memory is full.
 */
export type RedisTrouble = "QUEUE_UNREACHABLE" | "QUEUE_REFUSED" | "QUEUE_FULL";

/** Thrown when Redis cannot be reached, refuses, or is full. */
export class QueueConnectionError extends Error {
  /** The name of this class. */
  override name = "QueueConnectionError";
  /** Why. */
  readonly code: RedisTrouble;
  /** The address, without its password. */
  readonly url: string;

  /** Makes the error from its fields. */
  constructor(message: string, fields: { code: RedisTrouble; url: string }, options?: ErrorOptions) {
    super(message, options);
    this.code = fields.code;
    this.url = fields.url;
  }
}

/** Thrown when a job has failed for good, or was cancelled (`code` is `"CANCELLED"`). */
export class JobFailedError extends Error {
  /** The name of this class. */
  override name = "JobFailedError";
  /** The code of what went wrong on the worker: that of the error there, as `"AUDIO_DECODE"`; else `"JOB_FAILED"`. */
  readonly code: string;
  /** Which job. */
  readonly jobId: string;

  /** Makes the error from its fields. */
  constructor(message: string, fields: { code: string; jobId: string }, options?: ErrorOptions) {
    super(message, options);
    this.code = fields.code;
    this.jobId = fields.jobId;
  }
}

/** Thrown by a worker for what no other try can mend. */
export class JobRefusedError extends Error {
  /** The name of this class. */
  override name = "JobRefusedError";
  /** Why: `"NEWER_JOB"`, `"WRONG_JOB"`, `"MODEL_NOT_SERVED"`, `"CANCELLED"`. */
  readonly code: string;

  /** Makes the error from its fields. */
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

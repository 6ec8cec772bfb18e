/**
 * What is kept of a failure. Redis keeps a text, so its code stands before it: `AUDIO_DECODE: Cannot decode …`. What no
 * other try can mend is not tried again.
 */
import { JobFailedError } from "./errors.ts";

/** Codes of what is the same however often it is tried: the job, the recording or the worker is not made for it. */
const LASTING: readonly string[] = [
  "AUDIO_DECODE",
  "CANCELLED",
  "CHECKPOINT_FORMAT",
  "CHECKSUM_MISMATCH",
  "INVALID_INPUT",
  "INVALID_OPTION",
  "MODEL_NOT_FOUND",
  "MODEL_NOT_SERVED",
  "NEWER_JOB",
  "RECORDING_TOO_LONG",
  "SOUND_FORBIDDEN",
  "SOUND_MISMATCH",
  "SOUND_MISSING",
  "SOUND_TOO_LARGE",
  "UNKNOWN_OPTION",
  "WRONG_JOB",
];

/** The code of a failure that has none. */
const UNKNOWN = "JOB_FAILED";

/** The code of a failure that BullMQ tells of: no worker was left to do so. */
export const STALLED = "STALLED";

/** What BullMQ says of a job whose workers died again and again. */
const STALLED_TEXT = "job stalled more than allowable limit";

/** Gives the code of an error, in capitals. */
export function codeOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" && /^\w+$/.test(code) ? code.toUpperCase() : UNKNOWN;
}

/** Whether another try cannot go better. */
export function isLasting(error: unknown): boolean {
  return LASTING.includes(codeOf(error));
}

/** Spells a failure as Redis keeps it. */
export function spellFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `${codeOf(error)}: ${message}`;
}

/** Reads what Redis kept of a failure. */
export function readFailure(reason: string | undefined, jobId: string): JobFailedError {
  if (reason === STALLED_TEXT) {
    const message = "Every worker that took the job died or hung while it worked on it";
    return new JobFailedError(message, { code: STALLED, jobId });
  }
  const [, code, message] = /^([A-Z][A-Z0-9_]*): (.*)$/s.exec(reason ?? "") ?? [];
  return new JobFailedError(message ?? reason ?? "The job failed", { code: code ?? UNKNOWN, jobId });
}

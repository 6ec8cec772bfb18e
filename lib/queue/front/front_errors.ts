/** What a client is told of a job that failed, and of a queue that takes none. */
import { ApiError, type ApiErrorDetails } from "../../http/api_error.ts";
import { JobFailedError, QueueConnectionError, type RedisTrouble } from "../errors.ts";

/** What the client is told of a failure, by its code; others are the server's own fault, for its log. */
const ANSWERS: Readonly<Record<string, ApiErrorDetails & { readonly message?: string }>> = {
  AUDIO_DECODE: { status: 400, code: "audio_decode", param: "file" },
  RECORDING_TOO_LONG: { status: 413, code: "recording_too_long", param: "file" },
  SOUND_TOO_LARGE: {
    status: 413,
    code: "upload_too_large",
    param: "file",
    message: "The upload is too large: workers take no file of this size",
  },
  MODEL_NOT_SERVED: { status: 404, code: "model_not_found", param: "model" },
  MODEL_NOT_FOUND: { status: 404, code: "model_not_found", param: "model" },
  MODEL_UNAVAILABLE: { status: 503, code: "model_unavailable", param: "model", retryAfter: 10 },
  DOWNLOAD: {
    status: 503,
    code: "model_unavailable",
    retryAfter: 30,
    message: "The model cannot be fetched at present; the log of the workers says why",
  },
  // 410: clients try what is 5xx again by themselves, and somebody wanted it to end.
  CANCELLED: { status: 410, code: "job_cancelled", message: "The work was cancelled by who looks after it" },
  JOB_GONE: { status: 410, code: "job_cancelled", message: "The work was removed by who looks after it" },
};

/** What the client is told of Redis. */
const TROUBLES: Readonly<Record<RedisTrouble, ApiErrorDetails & { readonly message: string }>> = {
  QUEUE_UNREACHABLE: {
    status: 503,
    code: "queue_unreachable",
    retryAfter: 5,
    message: "The queue of the work cannot be reached at present",
  },
  QUEUE_REFUSED: {
    status: 503,
    code: "queue_refused",
    retryAfter: 30,
    message: "The queue of the work refuses this server; its log says why",
  },
  QUEUE_FULL: {
    status: 503,
    code: "queue_full",
    retryAfter: 30,
    message: "The queue of the work is full",
  },
};

/**
 * Says a failure as the client is told it; what is not told stays as it is.
 *
 * @param upload The name of the file, which is not the client's business.
 */
export function frontError(error: unknown, upload: string): unknown {
  if (error instanceof QueueConnectionError) {
    const { message, ...details } = TROUBLES[error.code];
    return new ApiError(message, details, { cause: error });
  }
  if (!(error instanceof JobFailedError) || !Object.hasOwn(ANSWERS, error.code)) return error;
  const { message = nameless(error.message, upload), ...details } = ANSWERS[error.code];
  return new ApiError(message, details, { cause: error });
}

/** Workers name the file by its path there. */
function nameless(message: string, upload: string): string {
  return message.replaceAll(new RegExp(`"[^"]*${upload}[^"]*"|\\S*${upload}\\S*`, "g"), "the file");
}

/** Failures of a request, in the shape that OpenAI's clients read: `{ error: { message, type, param, code } }`. */
import { AudioDecodeError, DownloadError } from "../errors.ts";

/** What a failure says beside its message. */
export interface ApiErrorDetails {
  /** The HTTP status. */
  readonly status: number;
  /** A word for programs, such as `"model_not_found"`. */
  readonly code: string;
  /** The field of the form that is wrong, if one is. */
  readonly param?: string;
  /** Seconds after which another try may go well. */
  readonly retryAfter?: number;
}

/** A failure that the client is told of. */
export class ApiError extends Error {
  /** The name of this class. */
  override name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** A word for programs. */
  readonly code: string;
  /** The field of the form that is wrong. */
  readonly param: string | undefined;
  /** Seconds after which another try may go well. */
  readonly retryAfter: number | undefined;

  /** Makes the error. Its message is shown to the client: it names nothing of this machine. */
  constructor(message: string, details: ApiErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.status = details.status;
    this.code = details.code;
    this.param = details.param;
    this.retryAfter = details.retryAfter;
  }
}

/** Makes the error of a request that is wrong. */
export function badRequest(message: string, param?: string, code = "invalid_value"): ApiError {
  return new ApiError(message, { status: 400, code, param });
}

/** What tells a failure to a client has to know beside it. */
export interface TellOptions {
  /** Whether the server has a log, where a failure of its own is told: without one, the client is sent to none. */
  readonly hasLog: boolean;
  /** Where the upload lies: its name is not the client's business. */
  readonly uploadPath?: string | undefined;
}

/** Says a failure as the client is told it: what is the client's fault in words, the rest in general. */
export function toApiError(error: unknown, { hasLog, uploadPath }: TellOptions): ApiError {
  if (error instanceof ApiError) return error;
  const options = { cause: error };
  if (error instanceof AudioDecodeError) {
    const message = nameless(error.message, uploadPath);
    return new ApiError(message, { status: 400, code: "audio_decode", param: "file" }, options);
  }
  if (error instanceof DownloadError) {
    const details = { status: 503, code: "model_unavailable", retryAfter: 30 };
    return new ApiError(
      `The model cannot be fetched at present${hasLog ? "; the server's log says why" : ""}`,
      details,
      options,
    );
  }
  const { code } = Object(error) as { code?: unknown };
  if (code === "INVALID_OPTION" || code === "UNKNOWN_OPTION") {
    const { message } = error as Error;
    return new ApiError(message, { status: 400, code: "invalid_value", param: optionIn(message) }, options);
  }
  return new ApiError(
    `The server failed while it worked on this request${hasLog ? "; its log says why" : ""}`,
    { status: 500, code: "server_error" },
    options,
  );
}

function nameless(message: string, path: string | undefined): string {
  const withoutPath = path === undefined ? message : message.replaceAll(JSON.stringify(path), "the file");
  return withoutPath.replaceAll("the audio bytes", "the file");
}

/** The option that a message of `checkOptions` is about. */
function optionIn(message: string): string | undefined {
  return /: "?(\w+)"? is /.exec(message)?.[1];
}

/** The answer that tells a failure. */
export function errorResponse(error: ApiError): Response {
  const headers = new Headers({ "content-type": "application/json" });
  if (error.retryAfter !== undefined) headers.set("retry-after", String(error.retryAfter));
  if (error.status === 401) headers.set("www-authenticate", "Bearer");
  if (error.status === 426) headers.set("upgrade", "websocket");
  return new Response(JSON.stringify(errorBody(error)), { status: error.status, headers });
}

/** The body that tells a failure. */
export function errorBody(error: ApiError): { error: Record<string, string | null> } {
  const { message, status, code, param = null } = error;
  return { error: { message, type: typeOf(status), param, code } };
}

function typeOf(status: number): string {
  if (status === 401 || status === 403) return "authentication_error";
  if (status === 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

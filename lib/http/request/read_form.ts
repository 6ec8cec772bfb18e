/** The body of a request, read as a form while it comes: fields in memory within limits, the recording as an upload. */
import { TimeSlice } from "../../async/time_slice.ts";
import { ApiError, badRequest } from "../api_error.ts";
import type { ReceivedRecording } from "../work/transcriber.ts";
import { loadMultipart, type MultipartFault } from "./multipart_parser.ts";

/** Bounds of what a client may send. */
export interface FormLimits {
  /** Bytes of the whole body. */
  readonly maxUpload: number;
  /** Seconds without a byte. */
  readonly bodyTimeout: number;
}

/** A form that was read. Whoever read it disposes it. */
export interface Form extends AsyncDisposable {
  /** The texts of each field, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The recording, if there is one. */
  readonly file: ReceivedRecording | undefined;
}

/** Parts of a form: there are some thirty fields, and some of them are lists. */
const MAX_PARTS = 200;

/** Bytes of a field: a prompt has at most 224 tokens. */
const MAX_FIELD_SIZE = 1 << 16;

/** The field of the recording. */
const FILE = "file";

/** Bytes a second below which an upload is given up as stalled, counted from `bodyTimeout` on. */
const SLOWEST = 1024;

/**
 * Reads a form.
 *
 * @param receive Begins to take the recording.
 * @throws {ApiError} when it is none, is too large, or comes too slowly.
 * @throws the signal's reason when it is aborted.
 */
export async function readForm(
  request: Request,
  limits: FormLimits,
  signal: AbortSignal,
  receive: () => ReceivedRecording,
): Promise<Form> {
  const contentType = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new ApiError("The content type must be multipart/form-data, with the recording as the field file", {
      status: 415,
      code: "unsupported_media_type",
    });
  }
  if (Number(request.headers.get("content-length") ?? 0) > limits.maxUpload) throw tooLarge(limits);
  const make = await loadMultipart();
  const form = new FormCollector(receive);
  try {
    const parser = make({
      ...form.config,
      headers: { "content-type": contentType },
      maxParts: MAX_PARTS,
      maxFieldSize: MAX_FIELD_SIZE,
    });
    form.assertGood();
    let size = 0;
    const slice = new TimeSlice(signal);
    for await (const bytes of piecesOf(request, limits, signal)) {
      size += bytes.length;
      if (size > limits.maxUpload) throw tooLarge(limits);
      // Many bodies may come in one turn of the event loop.
      await slice.pause();
      write(parser, bytes);
      form.assertGood();
      await form.file?.flush();
    }
    parser.end();
    form.assertComplete();
    return form;
  } catch (error) {
    await form[Symbol.asyncDispose]();
    throw error;
  }
}

/** The parser throws at what it did not think of, as a name that is wrongly encoded. */
function write(parser: { write(bytes: Uint8Array): void }, bytes: Uint8Array): void {
  try {
    parser.write(bytes);
  } catch (cause) {
    throw malformed("the headers of a part are wrong", cause);
  }
}

/** Keeps what the parser finds. */
class FormCollector implements Form {
  readonly fields = new Map<string, string[]>();
  file: ReceivedRecording | undefined;
  readonly #receive: () => ReceivedRecording;
  #fault: ApiError | undefined;
  #isDone = false;

  constructor(receive: () => ReceivedRecording) {
    this.#receive = receive;
  }

  readonly config = {
    isFile: ({ name, filename }: { name: string; filename?: string }) =>
      name === FILE || filename !== undefined,
    onField: ({ name }: { name: string }, value: Uint8Array) => {
      const values = this.fields.get(name);
      const text = new TextDecoder().decode(value);
      if (values === undefined) this.fields.set(name, [text]);
      else values.push(text);
    },
    onFile: ({ name }: { name: string }) => {
      if (name !== FILE) {
        this.#fail(badRequest(`Only the field file may be a file, and ${show(name)} is one`));
      } else if (this.file !== undefined) this.#fail(badRequest("Only one file may be sent", FILE));
      const upload = this.file ??= this.#receive();
      return (piece: Uint8Array | null) => {
        if (piece !== null && this.#fault === undefined) upload.push(piece);
      };
    },
    onError: (fault: MultipartFault) => this.#fail(faultOf(fault)),
    onDone: () => {
      this.#isDone = true;
    },
  };

  /** The first fault is the one to tell. */
  #fail(fault: ApiError): void {
    this.#fault ??= fault;
  }

  /** @throws {ApiError} when there is a fault. */
  assertGood(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** @throws {ApiError} when there is a fault, or the end is missing. */
  assertComplete(): void {
    if (!this.#isDone) throw malformed("its end is missing");
    this.assertGood();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file?.[Symbol.asyncDispose]();
  }
}

function faultOf({ _tag, limit }: MultipartFault): ApiError {
  switch (_tag) {
    case "ReachedLimit":
      return limit === "MaxParts"
        ? badRequest(`The form has more than ${MAX_PARTS} fields`)
        : badRequest(`A field of the form has more than ${MAX_FIELD_SIZE} bytes`);
    case "InvalidBoundary":
      return malformed("its content type names no boundary");
    case "EndNotReached":
      return malformed("its end is missing");
    default:
      return malformed("the headers of a part are wrong");
  }
}

function malformed(why: string, cause?: unknown): ApiError {
  const details = { status: 400, code: "malformed_form" };
  return new ApiError(`The form cannot be read: ${why}`, details, { cause });
}

function tooLarge({ maxUpload }: FormLimits): ApiError {
  return new ApiError(`The upload is too large: at most ${maxUpload} bytes are taken`, {
    status: 413,
    code: "upload_too_large",
    param: FILE,
  });
}

/** A name from the request, short and quoted. */
function show(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

/** Gives the pieces of a body; one that does not come in time is an error. */
async function* piecesOf(
  request: Request,
  { bodyTimeout }: FormLimits,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  const started = performance.now();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), bodyTimeout, signal);
      if (done) return;
      yield value;
      size += value.length;
      const seconds = (performance.now() - started) / 1000;
      if (size < SLOWEST * (seconds - bodyTimeout)) throw tooSlow();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ApiError ? error : malformed("the connection broke off");
  } finally {
    // Of a body that came to its end there is nothing to cancel; a stalled one may not answer.
    reader.cancel().catch(() => {});
  }
}

async function within<Result>(
  work: Promise<Result>,
  seconds: number,
  signal: AbortSignal,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooSlow()), seconds * 1000);
  const abort = () => late.reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    work.catch(() => {});
  }
}

function tooSlow(): ApiError {
  return new ApiError("The upload comes too slowly", { status: 408, code: "upload_timeout" });
}

/**
 * One request for a checkpoint: redirects, resuming (RFC 9110 sections 13 and 14), and what each way of
 * failing means for the next attempt.
 */
import { missingPermission } from "../../../ffi/permission.ts";
import { whyFetchFailed } from "../../async/fetch_failure.ts";
import { unlessAborted } from "../../async/signals.ts";
import { DownloadError } from "../../errors.ts";

/** A request that failed, and whether and when to try again. */
export class RequestError extends DownloadError {
  /** Whether the same request may go better later. */
  readonly retryable: boolean;
  /** Whether the name of the server was not found: without a network that is so at once, and stays so. */
  readonly unresolved: boolean;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfter?: number;

  constructor(
    message: string,
    fields: { url: URL; status?: number; retryable?: boolean; unresolved?: boolean; retryAfter?: number },
    options?: ErrorOptions,
  ) {
    super(message, { url: showUrl(fields.url), status: fields.status }, options);
    this.retryable = fields.retryable ?? false;
    this.unresolved = fields.unresolved ?? false;
    this.retryAfter = fields.retryAfter;
  }
}

/** What to ask for. */
export interface RequestOptions {
  /** The byte to begin with. */
  readonly from: number;
  /** What says that the file is still the one that the first bytes came from, if anything does. */
  readonly validator?: string;
  /** Headers for the server the address names; no other server gets to see them. */
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
  /** What sends the request. */
  readonly fetch: typeof fetch;
  /** Stops it. */
  readonly signal: AbortSignal;
}

/** Redirects followed: browsers follow 20, and no mirror needs more than two or three. */
const MAX_REDIRECTS = 10;

/** A server that asks for a longer pause, in milliseconds, is not waited for. */
const MAX_RETRY_AFTER = 10 * 60_000;

/** Gives an address as messages may show it: no credentials, no query, where signatures are. */
export function showUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/**
 * Sends a request, follows its redirects, and gives a response with status 200, 206 or 416.
 *
 * @throws {RequestError} when there is none.
 */
export async function request(address: URL, options: RequestOptions): Promise<Response> {
  let url = address;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await send(url, headersFor(url, address, options), options);
    if (![301, 302, 303, 307, 308].includes(response.status)) {
      return await checkStatus(response, url, options.from);
    }
    await response.body?.cancel();
    const location = response.headers.get("location") ?? "";
    if (!URL.canParse(location, url)) {
      const message = `Cannot download ${
        showUrl(url)
      }: it redirects to "${location}", which is not an address`;
      throw new RequestError(message, { url, status: response.status });
    }
    url = new URL(location, url);
  }
  const message = `Cannot download ${
    showUrl(address)
  }: it redirects in a loop or more than ${MAX_REDIRECTS} times`;
  throw new RequestError(message, { url });
}

/** Sends one request; a failure says what to do about it. */
async function send(url: URL, headers: Headers, options: RequestOptions): Promise<Response> {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RequestError(`Cannot download ${showUrl(url)}: its scheme is not http or https`, { url });
  }
  const bare = new URL(url);
  bare.username = bare.password = "";
  try {
    const answer = options.fetch(bare, { headers, redirect: "manual", signal: options.signal });
    // A `fetch` of the caller's may not heed the signal.
    return await unlessAborted(answer, options.signal);
  } catch (error) {
    options.signal.throwIfAborted();
    throw networkError(error, url);
  }
}

function headersFor(url: URL, address: URL, options: RequestOptions): Headers {
  const headers = new Headers(url.origin === address.origin ? options.headers as HeadersInit : undefined);
  if (url.username !== "" && !headers.has("authorization")) {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const bytes = new TextEncoder().encode(credentials);
    headers.set("authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
  }
  headers.set("accept-encoding", "identity"); // Offsets and lengths are those of the file itself.
  if (options.from > 0) {
    headers.set("range", `bytes=${options.from}-`);
    if (options.validator !== undefined) headers.set("if-range", options.validator);
  }
  return headers;
}

async function checkStatus(response: Response, url: URL, from: number): Promise<Response> {
  const { status, statusText, headers } = response;
  if (status === 200 || (from > 0 && (status === 206 || status === 416))) return response;
  await response.body?.cancel();
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500;
  const retryAfter = parseRetryAfter(headers.get("retry-after"), Date.now());
  const isTooLong = retryAfter !== undefined && retryAfter > MAX_RETRY_AFTER;
  const advice = isTooLong
    ? `try again in ${Math.ceil(retryAfter / 1000)} s, as it asks, or use another mirror`
    : retryable
    ? "try later, or use another mirror"
    : [401, 403, 407].includes(status)
    ? "pass the headers it wants, or use another mirror"
    : "check the address, or use another mirror";
  throw new RequestError(
    `Cannot download ${showUrl(url)}: the server answered ${`${status} ${statusText}`.trim()}; ${advice}`,
    { url, status, retryable: retryable && !isTooLong, retryAfter },
  );
}

/** Reads `Retry-After`: seconds or a date; gives milliseconds from `now` on. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Says what a rejected `fetch` or a broken body means. */
export function networkError(error: unknown, url: URL): RequestError {
  const denied = missingPermission(error);
  if (denied !== undefined) {
    return new RequestError(`Cannot download ${showUrl(url)}: ${denied}`, { url }, { cause: error });
  }
  const reason = whyFetchFailed(error);
  if (/certificate|self.signed|unknown.?issuer|cert_|\btls\b|\bssl\b|UNABLE_TO_/i.test(reason)) {
    return new RequestError(
      `Cannot download ${
        showUrl(url)
      }: the secure connection failed (${reason}); behind a proxy that inspects ` +
        "connections, let the runtime trust its certificate: DENO_TLS_CA_STORE=system or DENO_CERT=FILE for Deno, " +
        "NODE_EXTRA_CA_CERTS=FILE for Bun",
      { url },
      { cause: error },
    );
  }
  return new RequestError(
    `Cannot download ${showUrl(url)}: ${reason}; check the network and the proxy, or use another mirror`,
    { url, retryable: true, unresolved: NOT_RESOLVED.test(reason) },
    { cause: error },
  );
}

/** The words of both runtimes for a name that no name server knows, or when none can be asked. */
const NOT_RESOLVED = /ENOTFOUND|EAI_AGAIN|getaddrinfo|dns error|failed to lookup address/i;

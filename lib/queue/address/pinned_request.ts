/**
 * Requests to addresses that a job names. The name is looked up once, what it leads to is checked, and the connection
 * goes to that very address: a name server that answers otherwise the next time changes nothing. The certificate is
 * still that of the name. `fetch` cannot do so in either runtime, and would go through a proxy that looks names up
 * itself; `node:http` and `node:https` take an address and a name apart, and know of no proxy.
 */
import { lookup as lookupName } from "node:dns/promises";
import { type IncomingMessage, request as requestPlain, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP } from "node:net";
import { missingPermission } from "../../../ffi/permission.ts";
import { anySignal, unlessAborted } from "../../async/signals.ts";
import { type AddressRules, assertAllowed, publicAddresses, withoutBrackets } from "./address_rules.ts";
import { UnreachableError } from "./address_error.ts";

/** Gives the addresses of a name, as a name server has them. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** A request. */
export interface PinnedRequest {
  /** Where one may go. */
  readonly rules: AddressRules;
  /** @default {"GET"} */
  readonly method?: string;
  /** Headers beside `host`. No other origin gets to see them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent. */
  readonly body?: Uint8Array;
  /**
   * Redirects that are followed, each checked as the address itself is.
   *
   * @default {0}
   */
  readonly redirects?: number;
  /** Milliseconds until an answer begins, and between two pieces of it. */
  readonly patience: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** Replaced by tests. */
  readonly tools?: RequestTools;
}

/** What tests replace. */
export interface RequestTools {
  readonly lookup?: Lookup;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca?: string;
}

/** What came back. Whoever has it reads its body to the end, or disposes it. */
export interface PinnedResponse extends Disposable {
  /** The address that answered. */
  readonly url: URL;
  readonly status: number;
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes, as they come, nothing of them decompressed. */
  body(): AsyncGenerator<Uint8Array>;
}

const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Sends a request.
 *
 * Requires `--allow-net` permission for the host and what it leads to.
 *
 * @throws {AddressNotAllowedError} when the address, one that it redirects to, or what one of them leads to is not
 * allowed.
 * @throws {UnreachableError} when no answer comes.
 */
export async function sendPinned(address: string | URL, request: PinnedRequest): Promise<PinnedResponse> {
  const first = assertAllowed(address, request.rules);
  let url = first;
  for (let left = request.redirects ?? 0;; left--) {
    const sent = url.origin === first.origin ? request : { ...request, headers: {} };
    const response = await sendOnce(url, sent);
    const location = REDIRECTS.includes(response.status) ? response.headers.location : undefined;
    if (typeof location !== "string" || request.redirects === undefined) return response;
    response[Symbol.dispose]();
    if (left === 0) throw new UnreachableError(first, `it redirects more than ${request.redirects} times`);
    if (!URL.canParse(location, url)) throw new UnreachableError(url, "it redirects to what is no address");
    url = assertAllowed(new URL(location, url), request.rules);
  }
}

async function sendOnce(url: URL, request: PinnedRequest): Promise<PinnedResponse> {
  const name = withoutBrackets(url.hostname);
  const { lookup = systemLookup } = request.tools ?? {};
  const found = isIP(name) !== 0 ? [name] : await inTime(url, request, () => lookup(name));
  const addresses = publicAddresses(url, found, request.rules);
  if (addresses.length === 0) throw new UnreachableError(url, "its name leads to no address");
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await connect(url, address, request);
    } catch (error) {
      request.signal?.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

async function systemLookup(name: string): Promise<readonly string[]> {
  return (await lookupName(name, { all: true })).map(({ address }) => address);
}

/** Looks a name up; a name server may be slow too. */
async function inTime<T>(url: URL, { patience, signal }: PinnedRequest, work: () => Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(patience);
  try {
    return await unlessAborted(work(), anySignal(late, signal));
  } catch (cause) {
    signal?.throwIfAborted();
    const why = late.aborted ? "its name is looked up for too long" : reasonOf(cause);
    throw new UnreachableError(url, why, { cause });
  }
}

/** Connects to one address and waits for the head of the answer. */
function connect(url: URL, address: string, request: PinnedRequest): Promise<PinnedResponse> {
  const { method = "GET", headers = {}, body, patience, signal, tools } = request;
  const name = withoutBrackets(url.hostname);
  const isSecure = url.protocol === "https:";
  const length = body && { "content-length": String(body.length) };
  const options: RequestOptions & { servername?: string; ca?: string } = {
    host: address,
    port: url.port || (isSecure ? 443 : 80),
    path: url.pathname + url.search,
    method,
    // A connection of its own: one that is kept may lead elsewhere.
    agent: false,
    headers: { "accept-encoding": "identity", ...length, ...headers, host: url.host },
    ...(isSecure && isIP(name) === 0 && { servername: name }),
    ...(tools?.ca !== undefined && { ca: tools.ca }),
  };
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? requestSecure : requestPlain)(options);
    const stop = (why: unknown) => {
      sent.destroy();
      reject(why);
    };
    const onAbort = () => stop(signal?.reason);
    const timer = setTimeout(
      () => stop(new UnreachableError(url, `no answer within ${patience / 1000} s`)),
      patience,
    );
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    sent.on("error", (cause) => {
      settle();
      reject(new UnreachableError(url, reasonOf(cause), { cause }));
    });
    sent.on("response", (message) => {
      settle();
      resolve(responseOf(url, message, { patience, signal }));
    });
    sent.end(body);
  });
}

function responseOf(
  url: URL,
  message: IncomingMessage,
  { patience, signal }: Pick<PinnedRequest, "patience" | "signal">,
): PinnedResponse {
  message.on("error", () => {}); // Whoever reads gets it too; nobody may be reading.
  return {
    url,
    status: message.statusCode ?? 0,
    headers: message.headers,
    body: () => piecesOf(url, message, { patience, signal }),
    [Symbol.dispose]: () => void message.destroy(),
  };
}

async function* piecesOf(
  url: URL,
  message: IncomingMessage,
  { patience, signal }: Pick<PinnedRequest, "patience" | "signal">,
): AsyncGenerator<Uint8Array> {
  const onAbort = () => message.destroy(signal?.reason);
  const onStall = () => message.destroy(new Error(`nothing came for ${patience / 1000} s`));
  let timer = setTimeout(onStall, patience);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for await (const piece of message) {
      clearTimeout(timer);
      yield piece;
      signal?.throwIfAborted();
      timer = setTimeout(onStall, patience);
    }
    // A runtime may take a connection that breaks off for the end.
    if (!message.complete) throw new Error("the connection broke off");
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UnreachableError(url, reasonOf(cause), { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    message.destroy();
  }
}

function reasonOf(cause: unknown): string {
  const denied = missingPermission(cause);
  if (denied !== undefined) return denied;
  const { message, code } = cause as NodeJS.ErrnoException;
  return message || code || String(cause);
}

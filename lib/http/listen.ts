/**
 * A server on `node:http`, which both runtimes have, with limits on headers and time that their own servers lack: it
 * turns what comes into a `Request` and the `Response` into what goes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "./handler.ts";
import { answerWithoutUpgrade, NodeUpgrade } from "./live/node_upgrade.ts";

/** Where and how a server listens. */
export interface ListenOptions {
  /** The name or address. */
  readonly host: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** Seconds that the headers of a request may take. */
  readonly headersTimeout: number;
  /** Seconds that a whole request may take to come. */
  readonly requestTimeout: number;
}

/** A server that listens. */
export interface Listening {
  /** The port. */
  readonly port: number;
  /**
   * Takes no connections any more, and ends those there are: when they have nothing to say any more, or soon after
   * `done` has resolved.
   */
  close(done: Promise<void>): Promise<void>;
}

/** Bytes of headers. */
const MAX_HEADER_SIZE = 16 << 10;

/** Headers of a request. */
const MAX_HEADERS = 100;

/** Milliseconds between two looks at connections that are late. */
const CHECK_EVERY = 1000;

/** Milliseconds in which a client may send the rest of a body that nobody wants, so that it hears the answer. */
const LINGER = 2000;

/** Bytes of such a rest. */
const MOST_LEFT_OVER = 8 << 20;

/**
 * Listens. Requires `--allow-net` permission.
 *
 * @throws when the address cannot be had.
 */
export async function listen(handler: Handler, options: ListenOptions): Promise<Listening> {
  const settings = {
    maxHeaderSize: MAX_HEADER_SIZE,
    headersTimeout: options.headersTimeout * 1000,
    requestTimeout: options.requestTimeout * 1000,
    connectionsCheckingInterval: CHECK_EVERY,
  };
  const server = createServer(settings, (incoming, outgoing) => void answer(handler, incoming, outgoing));
  server.maxHeadersCount = MAX_HEADERS;
  // A request that waits for its turn is silent for long, and so is its answer.
  server.timeout = 0;
  server.on("clientError", (_error, socket) => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  server.removeAllListeners("error");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const upgraded = new Set<Duplex>();
  server.on("upgrade", (incoming, socket: Duplex, head: Uint8Array) => {
    upgraded.add(socket);
    socket.on("close", () => upgraded.delete(socket));
    socket.on("error", () => {});
    if (/^websocket$/i.test(incoming.headers.upgrade ?? "")) {
      void answerUpgrade(handler, incoming, new NodeUpgrade(incoming, socket, head));
    } else answerWithoutUpgrade(incoming, socket, head, { host: options.host, port });
  });
  return {
    port,
    async close(done) {
      await closeServer(server, done);
      for (const socket of upgraded) socket.destroy();
    },
  };
}

async function answerUpgrade(
  handler: Handler,
  incoming: IncomingMessage,
  upgrade: NodeUpgrade,
): Promise<void> {
  try {
    const response = await handler(toRequest(incoming, new AbortController().signal), upgrade);
    if (!upgrade.isGranted) await upgrade.refuse(response);
  } catch {
    // What the handler could not answer is no request.
    incoming.socket.destroy();
  }
}

async function closeServer(server: Server, done: Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeIdleConnections();
  await done.catch(() => {});
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), LINGER);
  await closed;
  clearTimeout(timer);
}

async function answer(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) gone.abort(new DOMException("The client went away", "AbortError"));
  });
  // Who went away is no error of ours.
  for (const stream of [incoming, outgoing]) stream.on("error", () => {});
  try {
    const response = await handler(toRequest(incoming, gone.signal));
    await send(response, outgoing, gone.signal, incoming);
  } catch {
    // What the handler could not answer is no request; what it cannot send nobody reads.
    if (!outgoing.headersSent) outgoing.writeHead(400, { connection: "close" });
    outgoing.end();
  }
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers } = incoming;
  const given = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((text) => [name, text] as [string, string])
  );
  const hasBody = method !== "GET" && method !== "HEAD";
  // Only the path is taken from the request; its host is a header. What is no path leads nowhere.
  const address = `http://localhost${url.startsWith("/") ? url : `/${encodeURIComponent(url)}`}`;
  const init = {
    method,
    headers: given,
    body: hasBody ? bodyOf(incoming) : undefined,
    signal,
    duplex: "half",
  };
  return new Request(address, init as unknown as RequestInit);
}

/** Bytes of a body that are taken in before they are asked for. */
const READ_AHEAD = 1 << 18;

/** The body as a stream. Who cancels it gets no more, and the connection stays, for the answer. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isOver = false;
  const once = (finish: () => void) => () => {
    if (isOver) return;
    isOver = true;
    finish();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on("data", (piece: Uint8Array) => {
        if (isOver) return;
        controller.enqueue(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      const broken = once(() => controller.error(new TypeError("The connection broke off")));
      incoming.on("end", once(() => controller.close()));
      incoming.on("aborted", broken);
      incoming.on("error", broken);
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      isOver = true;
      incoming.pause();
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }));
}

async function send(
  response: Response,
  outgoing: ServerResponse,
  signal: AbortSignal,
  incoming: IncomingMessage,
): Promise<void> {
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  if (!incoming.complete) {
    outgoing.setHeader("connection", "close");
    if (response.status >= 400) return await refuse(response, outgoing, incoming);
  }
  outgoing.writeHead(response.status);
  if (response.body !== null) await pass(response.body, outgoing, signal);
  outgoing.end();
}

/**
 * Answers a client that still sends. It is told how long the answer is, and has it all while the rest of its body is read:
 * one that is cut off then loses what it has not read.
 */
async function refuse(
  response: Response,
  outgoing: ServerResponse,
  incoming: IncomingMessage,
): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  outgoing.setHeader("content-length", body.length);
  outgoing.writeHead(response.status);
  if (body.length > 0) outgoing.write(body);
  else outgoing.flushHeaders();
  await restOf(incoming);
  outgoing.end(() => void incoming.socket?.destroySoon());
}

async function pass(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!outgoing.write(value)) await drained(outgoing, signal);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function drained(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    outgoing.on("drain", done);
    signal.addEventListener("abort", done);
  });
}

/** Reads and drops what a client still sends, for a moment and up to a limit. */
async function restOf(incoming: IncomingMessage): Promise<void> {
  // Of a connection that is gone there is nothing left to read.
  if (incoming.complete || incoming.destroyed) return;
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const timer = setTimeout(end, LINGER);
  let left = MOST_LEFT_OVER;
  incoming.removeAllListeners("data");
  incoming.on("data", (piece: Uint8Array) => {
    left -= piece.length;
    if (left < 0) end();
  });
  for (const event of ["end", "close", "aborted"]) incoming.once(event, end);
  incoming.resume();
  await isOver;
  clearTimeout(timer);
}

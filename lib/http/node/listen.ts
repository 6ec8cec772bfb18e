/**
 * A server on `node:http`, which both runtimes have, with limits on headers and time that their own servers lack: it
 * turns what comes into a `Request` and the `Response` into what goes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Handler } from "../handler.ts";
import { answerWithoutUpgrade, NodeUpgrade } from "./node_upgrade.ts";
import { toRequest } from "./incoming_request.ts";
import { LINGER, send } from "./outgoing_response.ts";

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
    close: (done) => closeServer(server, upgraded, done),
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

async function closeServer(
  server: Server,
  upgraded: ReadonlySet<Duplex>,
  done: Promise<void>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeIdleConnections();
  await done.catch(() => {});
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
    // Those are no longer the server's, and yet it waits for them.
    for (const socket of upgraded) socket.destroy();
  }, LINGER);
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

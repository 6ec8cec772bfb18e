/** WebSockets over `node:http`, which leaves the frames to us, on both runtimes. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { closeFrame, FrameError, FrameReader, pongFrame, textFrame } from "../live/frames.ts";
import { CLOSING, type LiveSocket, OpeningSocket } from "../live/live_socket.ts";
import type { SocketUpgrade } from "../live/upgrade.ts";

/** What RFC 6455 has both sides add to the key. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A request to become a WebSocket, which is granted or refused. */
export class NodeUpgrade implements SocketUpgrade {
  readonly #incoming: IncomingMessage;
  readonly #socket: Duplex;
  readonly #head: Uint8Array;
  #isGranted = false;

  constructor(incoming: IncomingMessage, socket: Duplex, head: Uint8Array) {
    this.#incoming = incoming;
    this.#socket = socket;
    this.#head = head;
  }

  /** Whether it has become one. */
  get isGranted(): boolean {
    return this.#isGranted;
  }

  grantSocket(protocol: string | undefined, most: number): LiveSocket {
    this.#isGranted = true;
    const key = this.#incoming.headers["sec-websocket-key"];
    const accept = createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "upgrade: websocket",
      "connection: Upgrade",
      `sec-websocket-accept: ${accept}`,
      ...(protocol === undefined ? [] : [`sec-websocket-protocol: ${protocol}`]),
    ];
    this.#socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    return serveFrames(this.#socket, this.#head, most);
  }

  /** Answers as to any request, and ends the connection. */
  async refuse(response: Response): Promise<void> {
    const body = new Uint8Array(await response.arrayBuffer());
    response.headers.set("connection", "close");
    response.headers.set("content-length", String(body.length));
    const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    this.#socket.write(`HTTP/1.1 ${response.status} Refused\r\n${lines.join("\r\n")}\r\n\r\n`);
    endSoon(this.#socket, body);
  }
}

/** Ends a connection. Who does not go is not waited for. */
function endSoon(connection: Duplex, last?: Uint8Array): void {
  if (last === undefined) connection.end();
  else connection.end(last);
  const timer = setTimeout(() => connection.destroy(), CLOSING);
  connection.once("close", () => clearTimeout(timer));
}

/** Reads and writes frames on a connection. */
function serveFrames(connection: Duplex, head: Uint8Array, most: number): LiveSocket {
  const socket = new OpeningSocket();
  const reader = new FrameReader(most);
  let isClosing = false;
  const write = (bytes: Uint8Array) => {
    if (!isClosing && connection.writable) connection.write(bytes);
  };
  const close = (code: number, reason: string) => {
    write(closeFrame(code, reason));
    isClosing = true;
    endSoon(connection);
  };
  const take = (bytes: Uint8Array) => {
    if (isClosing) return;
    try {
      for (const frame of reader.push(bytes)) {
        if (frame.kind === "message") socket.received(frame.data);
        else if (frame.kind === "ping") write(pongFrame(frame.data));
        else close(1000, "");
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      close(error.code, error.message);
    }
  };
  connection.on("data", take);
  connection.on("error", () => {});
  connection.on("end", () => connection.end());
  connection.on("close", () => socket.lost());
  socket.opened({
    unsent: () => connection.writableLength,
    send: (text) => write(textFrame(text)),
    close,
  });
  // Who went away while it was looked whether he may come in tells it no more.
  if (connection.destroyed) queueMicrotask(() => socket.lost());
  // Who hears it is told first.
  if (head.length > 0) queueMicrotask(() => take(head));
  return socket;
}

/** Headers that belong to the offer of another protocol. */
const OFFER = /^(upgrade|connection|http2-settings)$/i;

/**
 * Answers a request that offers another protocol (Java's client offers HTTP/2) as if it did not: over a connection to
 * ourselves, since there is no way back from an upgrade.
 *
 * @param port Where we listen.
 */
export function answerWithoutUpgrade(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  { host, port }: { readonly host: string; readonly port: number },
): void {
  const { method, url, rawHeaders } = incoming;
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!OFFER.test(rawHeaders[i])) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  }
  const inner = connect(port, host);
  inner.write(`${lines.join("\r\n")}\r\nconnection: close\r\n\r\n`, "latin1");
  if (head.length > 0) inner.write(head);
  // One runtime gives the beginning of the body as the request's, and the rest as the connection's; the other all.
  for (const source of [incoming, socket]) source.on("data", (bytes: Uint8Array) => void inner.write(bytes));
  inner.on("data", (bytes) => void socket.write(bytes));
  inner.on("close", () => endSoon(socket));
  socket.on("close", () => inner.destroy());
  for (const stream of [incoming, socket, inner]) stream.on("error", () => {});
}

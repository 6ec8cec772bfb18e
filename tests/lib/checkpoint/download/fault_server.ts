/**
 * A server on loopback that plays faults. It writes HTTP by hand over TCP, so that it can say one thing and
 * send another, and cut or stall at any byte, alike in both runtimes.
 */
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo } from "node:net";

/** A request that came. */
export interface FaultRequest {
  /** The path and query. */
  readonly path: string;
  /** The headers, with names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The byte a `Range` begins with; 0 without one. */
  readonly from: number;
  /** How many requests came before this one. */
  readonly index: number;
  /** Settles when the connection is closed. */
  readonly closed: Promise<void>;
}

/** What to send back. */
export interface FaultReply {
  /** @default {200} */
  readonly status?: number;
  /** `Content-Length` is added unless it is here; the value `""` leaves a header out. */
  readonly headers?: Record<string, string>;
  /** @default {no bytes} */
  readonly body?: Uint8Array;
  /** Closes the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Sends nothing more after so many bytes of the body, and keeps the connection open. */
  readonly stallAfter?: number;
  /** Milliseconds to wait between two blocks of the body, and their size. */
  readonly pace?: { readonly milliseconds: number; readonly block: number };
}

/** A running server. */
export interface FaultServer extends AsyncDisposable {
  /** Its address, with a slash at the end. */
  readonly base: string;
  /** Every request that came. */
  readonly requests: FaultRequest[];
  /** Bytes of bodies written so far. */
  readonly sent: number;
}

/** Starts a server that answers each request with what `answer` gives for it. */
export async function serveFaults(
  answer: (request: FaultRequest) => FaultReply | Promise<FaultReply>,
  tls?: { key: string; cert: string },
): Promise<FaultServer> {
  const requests: FaultRequest[] = [];
  const sockets = new Set<Socket>();
  let sent = 0;

  async function serve(socket: Socket): Promise<void> {
    sockets.add(socket);
    socket.on("error", () => {}); // Clients go away; that is part of the play.
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    void closed.then(() => sockets.delete(socket));
    const request = { ...parseHead(await readHead(socket)), index: requests.length, closed };
    requests.push(request);
    await send(socket, await answer(request), (bytes) => sent += bytes);
  }

  const serving: Promise<void>[] = [];
  const listener = (socket: Socket) => void serving.push(serve(socket).catch(() => void socket.destroy()));
  const server: Server = tls ? createTlsServer(tls, listener) : createTcpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    base: `${tls ? "https" : "http"}://127.0.0.1:${port}/`,
    requests,
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(serving);
    },
  };
}

/** Answers as a good server does: the whole file, the range asked for, or 416. */
export function fileReply(request: FaultRequest, file: Uint8Array, etag = '"1"'): FaultReply {
  const ifRange = request.headers.get("if-range");
  if (request.from === 0 || (ifRange !== undefined && ifRange !== etag)) {
    return { headers: { etag, "accept-ranges": "bytes" }, body: file };
  }
  if (request.from >= file.byteLength) {
    return { status: 416, headers: { "content-range": `bytes */${file.byteLength}` } };
  }
  const range = `bytes ${request.from}-${file.byteLength - 1}/${file.byteLength}`;
  return { status: 206, headers: { etag, "content-range": range }, body: file.subarray(request.from) };
}

function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = "";
    socket.on("data", (bytes) => {
      head += bytes.toString("latin1");
      if (head.includes("\r\n\r\n")) resolve(head);
    });
    socket.on("close", () => reject(new Error("closed")));
  });
}

function parseHead(head: string): Omit<FaultRequest, "index" | "closed"> {
  const [first, ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.filter((line) => line !== "").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const from = Number(/^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1] ?? 0);
  return { path: first.split(" ")[1], headers, from };
}

async function send(socket: Socket, reply: FaultReply, onSent: (bytes: number) => void): Promise<void> {
  const body = reply.body ?? new Uint8Array(0);
  const headers = { "content-length": String(body.byteLength), connection: "close", ...reply.headers };
  const lines = Object.entries(headers).filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}: ${value}`
  );
  socket.write([`HTTP/1.1 ${reply.status ?? 200} Status`, ...lines, "", ""].join("\r\n"));
  const end = Math.min(body.byteLength, reply.cutAfter ?? Infinity, reply.stallAfter ?? Infinity);
  const block = reply.pace?.block ?? 1 << 20;
  let wake: () => void = () => {};
  socket.on("drain", () => wake());
  socket.on("close", () => wake());
  for (let offset = 0; offset < end && !socket.destroyed; offset += block) {
    const bytes = body.subarray(offset, Math.min(end, offset + block));
    const drained = new Promise<void>((resolve) => wake = resolve);
    if (!socket.write(bytes)) await drained;
    onSent(bytes.byteLength);
    if (reply.pace) await new Promise((resolve) => setTimeout(resolve, reply.pace!.milliseconds));
  }
  if (reply.stallAfter !== undefined) return;
  // A client may lose bytes that arrive together with the end of the connection.
  const isShort = end < Number(headers["content-length"]);
  if (isShort) await new Promise((resolve) => setTimeout(resolve, 40));
  socket.end();
}

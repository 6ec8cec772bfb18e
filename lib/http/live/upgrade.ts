/** How a request becomes a WebSocket: as what listens has it. */
import { ApiError, badRequest } from "../api_error.ts";
import { type LiveSocket, OpeningSocket } from "./live_socket.ts";

/** What our own listening gives beside a request. */
export interface SocketUpgrade {
  /**
   * Makes it one.
   *
   * @param protocol The subprotocol that was chosen, if any.
   * @param most Bytes of a message.
   */
  grantSocket(protocol: string | undefined, most: number): LiveSocket;
}

/** A request that became a WebSocket. */
export interface Upgraded {
  readonly socket: LiveSocket;
  /** What what listens wants to be answered: nobody sees it. */
  readonly response: Response;
}

/** The subprotocol of OpenAI's clients; the other words that they offer are their key and what they know. */
const PROTOCOL = "realtime";

/** What a client offers to speak. */
export function offeredProtocols(request: Request): string[] {
  return (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((word) => word.trim())
    .filter(Boolean);
}

/** Whether a request asks to become a WebSocket. */
export function asksForSocket(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Bytes of the key that a client makes up. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** @throws {ApiError} when a request does not ask for a WebSocket, or wrongly. */
export function assertAsksForSocket(request: Request): void {
  if (!asksForSocket(request)) {
    throw new ApiError("Here, WebSockets are spoken", { status: 426, code: "upgrade_required" });
  }
  if (
    request.headers.get("sec-websocket-version") !== "13" ||
    !KEY.test(request.headers.get("sec-websocket-key") ?? "")
  ) throw badRequest("The request for a WebSocket is wrong", undefined, "malformed_upgrade");
}

interface DenoSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  onopen: () => void;
  onmessage: (event: { data: string | ArrayBuffer }) => void;
  onclose: () => void;
  onerror: () => void;
}

interface Runtimes {
  readonly Deno?: {
    upgradeWebSocket(
      request: Request,
      options: { protocol?: string; idleTimeout: number },
    ): { socket: DenoSocket; response: Response };
  };
}

/**
 * Makes a request a WebSocket.
 *
 * @param server What came beside the request: our own listening, or Bun's server. On Deno, nothing is needed.
 * @throws {ApiError} when what listens has none.
 */
export function upgrade(request: Request, server: unknown, most: number): Upgraded {
  const protocol = offeredProtocols(request).includes(PROTOCOL) ? PROTOCOL : undefined;
  const { grantSocket, upgrade } = Object(server) as Partial<SocketUpgrade> & { upgrade?: BunUpgrade };
  if (grantSocket !== undefined) {
    return {
      socket: grantSocket.call(server, protocol, most),
      response: new Response(null, { status: 204 }),
    };
  }
  try {
    if (upgrade !== undefined) {
      const socket = new OpeningSocket();
      const headers: Record<string, string> = {};
      if (protocol !== undefined) headers["sec-websocket-protocol"] = protocol;
      if (upgrade.call(server, request, { data: { socket }, headers })) {
        return { socket, response: new Response(null, { status: 204 }) };
      }
    }
    const { Deno: runtime } = globalThis as unknown as Runtimes;
    if (runtime !== undefined) return upgradeOnDeno(runtime, request, protocol, most);
  } catch {
    // Bun's server was not told of WebSockets, or the request is none of Deno's own server.
  }
  throw new ApiError("What listens here has no WebSockets for this handler; see its property websocket", {
    status: 501,
    code: "no_websocket",
  });
}

/** Deno's own sockets, which have no limit on messages, but for memory. */
function upgradeOnDeno(
  runtime: Required<Runtimes>["Deno"],
  request: Request,
  protocol: string | undefined,
  most: number,
): Upgraded {
  const { socket: own, response } = runtime.upgradeWebSocket(request, {
    ...(protocol !== undefined && { protocol }),
    idleTimeout: 0,
  });
  const socket = new OpeningSocket();
  own.binaryType = "arraybuffer";
  own.onopen = () =>
    socket.opened({
      unsent: () => own.bufferedAmount,
      send: (text) => own.send(text),
      // The Web's interface lets nobody say the other codes of RFC 6455.
      close: (code, reason) => own.close(code === 1000 ? code : 3000 + code % 1000, reason),
    });
  own.onmessage = ({ data }) => {
    const size = typeof data === "string" ? data.length : data.byteLength;
    if (size > most) socket.close(1009, `a message has more than ${most} bytes`);
    else socket.received(typeof data === "string" ? data : new Uint8Array(data));
  };
  own.onclose = () => socket.lost();
  own.onerror = () => {};
  return { socket, response };
}

type BunUpgrade = (
  request: Request,
  options: { data: BunSocketData; headers: Record<string, string> },
) => boolean;

interface BunSocketData {
  readonly socket: OpeningSocket;
}

/** A WebSocket of Bun's server. */
export interface BunSocket {
  /** What the handler keeps with it. */
  readonly data: unknown;
  /** Sends a message. */
  send(text: string): unknown;
  /** Ends it. */
  close(code?: number, reason?: string): unknown;
  /** Bytes that wait to leave. */
  getBufferedAmount(): number;
}

/** What `Bun.serve` is given as `websocket`. */
export interface BunSocketHandlers {
  /** Bytes of a message. */
  readonly maxPayloadLength: number;
  /** Seconds of silence: sessions have a limit of their own. */
  readonly idleTimeout: number;
  /** A connection stands. */
  open(socket: BunSocket): void;
  /** A message has come. */
  message(socket: BunSocket, data: string | Uint8Array): void;
  /** A connection is over. */
  close(socket: BunSocket): void;
}

/** What Bun's server tells of its sockets. @param most Bytes of a message. */
export function bunSocketHandlers(most: number): BunSocketHandlers {
  const of = ({ data }: BunSocket) => (data as BunSocketData).socket;
  return {
    maxPayloadLength: most,
    idleTimeout: 0,
    open(own) {
      of(own).opened({
        unsent: () => own.getBufferedAmount(),
        send: (text) => void own.send(text),
        close: (code, reason) => void own.close(code, reason),
      });
    },
    // Bun's own memory may be used again.
    message: (own, data) => of(own).received(typeof data === "string" ? data : data.slice()),
    close: (own) => of(own).lost(),
  };
}

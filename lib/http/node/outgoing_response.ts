/** A `Response` as a server of `node:http` sends it. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Milliseconds in which a client may send the rest of a body that nobody wants, so that it hears the answer. */
export const LINGER = 2000;

/** Bytes of such a rest. */
const MOST_LEFT_OVER = 8 << 20;

/**
 * Sends an answer.
 *
 * @param signal Aborted when the client has gone away: then the rest is not asked for.
 * @param incoming What is answered; it may not have come to its end.
 */
export async function send(
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

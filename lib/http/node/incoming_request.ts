/** What comes to a server of `node:http`, as a `Request`. */
import type { IncomingMessage } from "node:http";

/** Makes the request. Its signal is aborted when the client goes away. */
export function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
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

/**
 * The body of a response: read in large pieces, and refused where it cannot be a checkpoint.
 */
import { joinBytes } from "../../bytes/join.ts";
import { RequestError, showUrl } from "./request.ts";

/** Bytes of a piece: fewer are slower, more are no faster (measured). */
const PIECE_SIZE = 1 << 19;

/** Buffers in turn: more than the streams between here and the disk can hold at once, which is seven. */
const PIECES = 12;

/**
 * Gives a body in large pieces, where the runtime can fill buffers of ours. Deno's own pieces are so small and
 * short-lived that handing them on took a third of the time (measured).
 */
export function inLargePieces(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: "byob" });
  } catch {
    return body;
  }
  const buffers: ArrayBuffer[] = [];
  return new ReadableStream({
    async pull(controller) {
      const buffer = buffers.length < PIECES ? new ArrayBuffer(PIECE_SIZE) : buffers.shift()!;
      const { done, value } = await reader.read(new DataView(buffer));
      if (done) return controller.close();
      buffers.push(value.buffer);
      controller.enqueue(new Uint8Array(value.buffer, 0, value.byteLength));
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** Bytes enough to know an HTML page by, after white space. */
const SNIFFED = 64;

/**
 * Passes a body on, unless it begins like an HTML page: proxies and portals send such a page with status 200.
 */
export function refuseHtml(url: URL): TransformStream<Uint8Array, Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);

  function release(controller: TransformStreamDefaultController<Uint8Array>): void {
    if (head === undefined) return;
    if (/^\s*<(!doctype html|html|head|body|!--)/i.test(new TextDecoder().decode(head))) {
      const message =
        `Cannot download ${showUrl(url)}: it is an HTML page, not a checkpoint; a proxy or a sign-in ` +
        "page may be in the way: open the address in a browser, or use another mirror";
      throw new RequestError(message, { url, status: 200 });
    }
    if (head.byteLength > 0) controller.enqueue(head);
    head = undefined;
  }

  return new TransformStream({
    transform(chunk, controller) {
      if (head === undefined) return controller.enqueue(chunk);
      head = joinBytes([head, chunk]);
      if (head.byteLength >= SNIFFED) release(controller);
    },
    flush: release,
  });
}

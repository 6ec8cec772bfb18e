/**
 * What a response brings: which bytes of the file, how many in all, and whether they can be a checkpoint.
 */
import { RequestError, showUrl } from "./request.ts";

/** The part of the file that a response's body is. */
export interface BodyRange {
  /** The byte it begins with. */
  readonly start: number;
  /** Bytes of the whole file, if the server says so. */
  readonly total?: number;
  /** A value for `If-Range`, if the server gives one. */
  readonly validator?: string;
}

/**
 * Reads which bytes a response brings.
 *
 * @param from The byte that was asked for.
 * @param validator What the first bytes came with, if anything.
 * @returns `undefined` when the response cannot continue those bytes: they have to be fetched again.
 */
export function readRange(response: Response, from: number, validator?: string): BodyRange | undefined {
  const { status, headers } = response;
  const isPlain = ["", "identity"].includes(headers.get("content-encoding") ?? "");
  const length = isPlain ? parseLength(headers.get("content-length")) : undefined;
  const found = validatorOf(headers);
  if (status === 200) return { start: 0, total: length, validator: found };
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (status !== 206 || range === null || Number(range[1]) !== from || !isPlain) return undefined;
  if (validator !== undefined && found !== undefined && found !== validator) return undefined;
  return { start: from, total: range[3] === "*" ? undefined : Number(range[3]), validator: found };
}

/** A weak `ETag` does not promise equal bytes, so it may not be sent in `If-Range`. */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag : headers.get("last-modified") ?? undefined;
}

function parseLength(value: string | null): number | undefined {
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}

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
      head = concatenate(head, chunk);
      if (head.byteLength >= SNIFFED) release(controller);
    },
    flush: release,
  });
}

function concatenate(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.byteLength + b.byteLength);
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}

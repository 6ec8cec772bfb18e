/** The frames of WebSockets, as a server reads and writes them. RFC 6455, without extensions. */
import { joinBytes } from "../../bytes/join.ts";

/** What a client said. */
export type Frame =
  | { readonly kind: "message"; readonly data: string | Uint8Array }
  | { readonly kind: "ping"; readonly data: Uint8Array }
  | { readonly kind: "close" };

/** What is wrong with what a client sent. */
export class FrameError extends Error {
  /** The name of this class. */
  override name = "FrameError";
  /** The status to close with. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

const WRONG = 1002, WRONG_TEXT = 1007, TOO_LARGE = 1009;

/** Bytes of the longest head, and of what a control frame may carry. */
const LONGEST_HEAD = 14;
const MOST_CONTROL = 125;

interface Head {
  readonly isLast: boolean;
  readonly opcode: number;
  readonly mask: Uint8Array;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Reads what one client sends, in pieces of any size. */
export class FrameReader {
  readonly #most: number;
  readonly #head = new Uint8Array(LONGEST_HEAD);
  #headLength = 0;
  /** The frame at hand, and how much of it there is. */
  #frame: Head | undefined;
  #filled = 0;
  /** The frames of the message at hand. */
  #parts: Uint8Array[] = [];
  #size = 0;
  #opcode = CONTINUATION;

  /** @param most Bytes of a message. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes the next bytes, and gives what they bring to its end.
   *
   * @throws {FrameError} when they are no frames, or a message is too large.
   */
  *push(bytes: Uint8Array): Generator<Frame, undefined, undefined> {
    for (let at = 0; at < bytes.length || this.#isWhole();) {
      if (this.#frame === undefined) {
        this.#head[this.#headLength++] = bytes[at++];
        this.#frame = this.#readHead();
        continue;
      }
      const { payload } = this.#frame;
      const count = Math.min(payload.length - this.#filled, bytes.length - at);
      payload.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#isWhole()) yield* this.#end(this.#frame);
    }
  }

  #isWhole(): boolean {
    return this.#frame !== undefined && this.#filled === this.#frame.payload.length;
  }

  /** The head, once there is enough of it. */
  #readHead(): Head | undefined {
    const head = this.#head, have = this.#headLength;
    if (have < 2) return undefined;
    const [first, second] = head;
    if ((first & 0x70) !== 0) throw new FrameError(WRONG, "a frame uses an extension");
    if ((second & 0x80) === 0) throw new FrameError(WRONG, "a frame is not masked");
    const short = second & 0x7f;
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (have < 2 + lengthBytes + 4) return undefined;
    const view = new DataView(head.buffer);
    const length = short === 127 ? Number(view.getBigUint64(2)) : short === 126 ? view.getUint16(2) : short;
    const opcode = first & 0x0f, isLast = (first & 0x80) !== 0;
    this.#check(opcode, isLast, length);
    this.#headLength = 0;
    this.#filled = 0;
    const mask = head.slice(2 + lengthBytes, 6 + lengthBytes);
    return { isLast, opcode, mask, payload: new Uint8Array(length) };
  }

  #check(opcode: number, isLast: boolean, length: number): void {
    if (opcode >= CLOSE) {
      if (opcode > PONG || !isLast || length > MOST_CONTROL) {
        throw new FrameError(WRONG, "a control frame is wrong");
      }
      return;
    }
    const isContinued = this.#opcode !== CONTINUATION;
    if (opcode > BINARY || (opcode === CONTINUATION) !== isContinued) {
      throw new FrameError(WRONG, "a frame is none of its message");
    }
    if (this.#size + length > this.#most) {
      throw new FrameError(TOO_LARGE, `a message has more than ${this.#most} bytes`);
    }
  }

  *#end({ opcode, mask, payload, isLast }: Head): Generator<Frame, undefined, undefined> {
    this.#frame = undefined;
    for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i & 3];
    if (opcode === PING) yield { kind: "ping", data: payload };
    else if (opcode === CLOSE) yield { kind: "close" };
    if (opcode >= CLOSE) return;
    if (opcode !== CONTINUATION) this.#opcode = opcode;
    this.#parts.push(payload);
    this.#size += payload.length;
    if (!isLast) return;
    const data = this.#parts.length === 1 ? this.#parts[0] : joinBytes(this.#parts);
    const isText = this.#opcode === TEXT;
    [this.#parts, this.#size, this.#opcode] = [[], 0, CONTINUATION];
    yield { kind: "message", data: isText ? textOf(data) : data };
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameError(WRONG_TEXT, "a text is no UTF-8");
  }
}

function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const headLength = length < 126 ? 2 : length < 0x10000 ? 4 : 10;
  const bytes = new Uint8Array(headLength + length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80 | opcode;
  bytes[1] = length < 126 ? length : length < 0x10000 ? 126 : 127;
  if (headLength === 4) view.setUint16(2, length);
  if (headLength === 10) view.setBigUint64(2, BigInt(length));
  bytes.set(payload, headLength);
  return bytes;
}

/** Spells a text. */
export function textFrame(text: string): Uint8Array {
  return frame(TEXT, new TextEncoder().encode(text));
}

/** Spells the answer to a ping. */
export function pongFrame(data: Uint8Array): Uint8Array {
  return frame(PONG, data);
}

/** Spells the end. Of a long reason the beginning is told. */
export function closeFrame(code: number, reason: string): Uint8Array {
  const payload = new Uint8Array(MOST_CONTROL);
  new DataView(payload.buffer).setUint16(0, code);
  const { written } = new TextEncoder().encodeInto(reason, payload.subarray(2));
  return frame(CLOSE, payload.subarray(0, 2 + written));
}

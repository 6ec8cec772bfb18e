/** Messages of protocol buffers, read and changed field by field: as much of their wire format as models take. */
import { joinBytes } from "../../bytes/join.ts";

/** A field of a message: all of its bytes and, if it has a length, its content. */
export interface Field {
  readonly field: number;
  readonly whole: Uint8Array;
  readonly content?: Uint8Array;
}

/**
 * Goes through the fields of a message.
 *
 * @throws {RangeError} when it is cut off.
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5;
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; at < message.length; scale *= 0x80) {
      const byte = message[at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError("Cannot read the model: it is cut off");
  };
  while (at < message.length) {
    const start = at;
    const key = varint();
    const type = key % 8;
    let content: Uint8Array | undefined;
    if (type === VARINT) varint();
    else if (type === FIXED64) at += 8;
    else if (type === FIXED32) at += 4;
    else if (type === LENGTH) {
      const length = varint();
      content = message.subarray(at, at += length);
    } else throw new RangeError(`Cannot read the model: its wire type ${type} is not known`);
    if (at > message.length) throw new RangeError("Cannot read the model: it is cut off");
    yield { field: Math.floor(key / 8), whole: message.subarray(start, at), content };
  }
}

/** The message with the content of every field of this number replaced, or without these fields where there is none. */
export function mapField(
  message: Uint8Array,
  number: number,
  change: (content: Uint8Array) => Uint8Array | undefined,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const { field, whole, content } of fieldsOf(message)) {
    if (field !== number || content === undefined) parts.push(whole);
    else {
      const changed = change(content);
      if (changed === undefined) continue;
      parts.push(Uint8Array.from([...varintOf(number * 8 + 2), ...varintOf(changed.length)]), changed);
    }
  }
  return joinBytes(parts);
}

function varintOf(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 | 0x80);
  return [...bytes, value];
}

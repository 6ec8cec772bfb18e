/**
 * The external data of a model that ONNX Runtime has written: which bytes of its data file it uses, and the same model
 * with these bytes elsewhere. Only the parts of protocol buffers' wire format and of `onnx.proto` that this takes.
 */

/** Bytes of a data file. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Fields of `ModelProto`, `GraphProto`, `TensorProto` and `StringStringEntryProto`. */
const GRAPH = 7, INITIALIZER = 5, EXTERNAL_DATA = 13, KEY = 1, VALUE = 2;

/**
 * Moves the external data of a serialised model.
 *
 * @param location The name of the file it is to be in.
 * @param place Called with every span in use, in the model's order; gives the offset where its bytes are to be.
 * @throws {RangeError} when the model is cut off, or names its data in another way than is known.
 */
export function moveExternalData(
  model: Uint8Array,
  location: string,
  place: (span: Span) => number,
): Uint8Array<ArrayBuffer> {
  return mapField(model, GRAPH, (graph) =>
    mapField(graph, INITIALIZER, (tensor) => {
      const entries = new Map<string, string>();
      mapField(tensor, EXTERNAL_DATA, (entry) => {
        entries.set(...pairOf(entry));
        return entry;
      });
      if (entries.size === 0) return tensor;
      const moved = moveEntries(entries, location, place);
      return mapField(tensor, EXTERNAL_DATA, (entry) => {
        const [key] = pairOf(entry);
        return mapField(entry, VALUE, () => UTF8.encode(moved.get(key)));
      });
    }));
}

/** An initializer's own bytes, and those that its kernels packed: `name|offset;length;checksum|…`. */
function moveEntries(
  entries: ReadonlyMap<string, string>,
  location: string,
  place: (span: Span) => number,
): Map<string, string> {
  const moved = new Map(entries).set("location", location);
  const move = (offset: string | undefined, length: string | undefined) =>
    String(place({ offset: wholeNumber(offset ?? "0"), length: wholeNumber(length) }));
  moved.set("offset", move(entries.get("offset"), entries.get("length")));
  for (const [key, value] of entries) {
    if (!key.startsWith("prepacked_")) continue;
    const [name, ...packed] = value.split("|");
    const parts = packed.map((part) => {
      const [offset, length, ...rest] = part.split(";");
      return [move(offset, length), length, ...rest].join(";");
    });
    moved.set(key, [name, ...parts].join("|"));
  }
  return moved;
}

const UTF8 = new TextEncoder();

function wholeNumber(text: string | undefined): number {
  const value = Number(text);
  if (/^\d+$/.test(text ?? "") && Number.isSafeInteger(value)) return value;
  throw new RangeError(`Cannot move the data of a model: "${text}" is no offset and no length`);
}

function pairOf(entry: Uint8Array): [key: string, value: string] {
  const texts = ["", "", ""];
  for (const { field, content } of fieldsOf(entry)) {
    if (content !== undefined && field < texts.length) texts[field] = new TextDecoder().decode(content);
  }
  return [texts[KEY], texts[VALUE]];
}

/** A field of a message: all of its bytes and, if it has a length, its content. */
interface Field {
  readonly field: number;
  readonly whole: Uint8Array;
  readonly content?: Uint8Array;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
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

/** The message with the content of every field of this number replaced. */
function mapField(
  message: Uint8Array,
  number: number,
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const { field, whole, content } of fieldsOf(message)) {
    if (field !== number || content === undefined) parts.push(whole);
    else {
      const changed = change(content);
      parts.push(Uint8Array.from([...varintOf(number * 8 + 2), ...varintOf(changed.length)]), changed);
    }
  }
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varintOf(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 | 0x80);
  return [...bytes, value];
}

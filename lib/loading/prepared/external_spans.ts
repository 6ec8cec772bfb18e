/**
 * The external data of a model that ONNX Runtime has written: which bytes of its data file it uses, and the same model
 * with these bytes elsewhere.
 */
import { fieldsOf, mapField } from "./message_fields.ts";

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

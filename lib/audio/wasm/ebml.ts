/**
 * The elements of a Matroska file: how their heads are read, and what those are called that hold the others. After
 * RFC 8794, sections 4 to 6.
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";

/** The header of a file, what it holds, and of that the pieces with the sound. */
export const EBML = 0x1a45dfa3, SEGMENT = 0x18538067, CLUSTER = 0x1f43b675;

/** The most bytes of a head: a name of four, and a length of eight. */
const HEAD_SIZE = 12;

/** The head of an element, its places counted as those that it was read at. */
export interface EbmlHead {
  readonly id: number;
  /** Where its length stands. */
  readonly lengthAt: number;
  /** Where its content begins. */
  readonly start: number;
  /** Where that ends: `Infinity` if it is not known. */
  readonly end: number;
}

/** Reads the head of an element, or gives nothing where there is none or it is cut short. */
export function readEbmlHead(view: DataView, at: number): EbmlHead | undefined {
  if (at >= view.byteLength) return undefined;
  const idSize = Math.clz32(view.getUint8(at)) - 23;
  if (idSize > 4 || at + idSize >= view.byteLength) return undefined;
  let id = 0;
  for (let i = 0; i < idSize; i++) id = id * 256 + view.getUint8(at + i);
  const lengthAt = at + idSize;
  const length = readEbmlLength(view, lengthAt);
  return length && { id, lengthAt, start: length.end, end: length.end + length.value };
}

/** Reads the head of the element at an offset of a file, its places counted from the beginning of that. */
export async function ebmlHeadAt(read: ReadAt, offset: number): Promise<EbmlHead | undefined> {
  const head = readEbmlHead(viewOf(await read(offset, HEAD_SIZE)), 0);
  if (head === undefined) return undefined;
  const { id, lengthAt, start, end } = head;
  return { id, lengthAt: offset + lengthAt, start: offset + start, end: offset + end };
}

/**
 * Reads a length of variable size: the zeros before its first one tell how many bytes it has.
 *
 * @returns The length, `Infinity` if it is unknown, and where its content begins; nothing where it is cut short.
 */
function readEbmlLength(view: DataView, at: number): { value: number; end: number } | undefined {
  if (at >= view.byteLength) return undefined;
  const size = Math.clz32(view.getUint8(at)) - 23;
  if (size > 8 || at + size > view.byteLength) return undefined;
  let value = view.getUint8(at) & 0xff >> size;
  let isUnknown = value === 0xff >> size;
  for (let i = 1; i < size; i++) {
    const byte = view.getUint8(at + i);
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: isUnknown ? Infinity : value, end: at + size };
}

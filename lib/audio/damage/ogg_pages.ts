/** The pages of an Ogg file. After RFC 3533, section 6. */
import { viewOf } from "../../bytes/data_view.ts";

/** The containers that are Ogg, by their ids in `format.ts`. */
export const OGG: readonly (string | undefined)[] = ["opus", "vorbis", "oggflac", "ogg"];

/** What a page begins with. */
export const MAGIC = [0x4f, 0x67, 0x67, 0x53];
/** The bytes before the lengths of a page's segments. */
const HEAD = 27;
/** The most bytes of a page. */
export const LONGEST_PAGE = HEAD + 255 + 255 * 255;

/** A page. */
export interface Page {
  readonly length: number;
  readonly flags: number;
  /** Samples until the end of the last packet that ends in it; -1 if none does. */
  readonly position: number;
  readonly serial: number;
  readonly sequence: number;
  /** Packets that are wholly in it, or end in it. */
  readonly packets: number;
  /** What it holds, until the next page is read. */
  readonly content: Uint8Array;
}

/** Reads a page, and whether its checksum is right; what is none is nothing. */
export function readPage(bytes: Uint8Array): Page & { readonly isWhole: boolean } | "cut off" | undefined {
  if (bytes.length < 5 || MAGIC.some((byte, i) => bytes[i] !== byte) || bytes[4] !== 0) return undefined;
  if (bytes.length < HEAD || bytes.length < HEAD + bytes[26]) return "cut off";
  const segments = bytes.subarray(HEAD, HEAD + bytes[26]);
  let length = HEAD + segments.length, packets = 0;
  for (const segment of segments) {
    length += segment;
    if (segment < 255) packets++;
  }
  if (bytes.length < length) return "cut off";
  const view = viewOf(bytes);
  return {
    length,
    flags: bytes[5],
    position: Number(view.getBigInt64(6, true)),
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    packets,
    content: bytes.subarray(HEAD + segments.length, length),
    isWhole: checksum(bytes.subarray(0, length)) === view.getUint32(22, true),
  };
}

const SUM_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum << 1 ^ (sum < 0 ? 0x04c11db7 : 0);
  return sum;
});

/** Takes the checksum of a page, whose own place counts as zeros. */
function checksum(page: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i];
    sum = sum << 8 ^ SUM_TABLE[sum >>> 24 ^ byte];
  }
  return sum >>> 0;
}

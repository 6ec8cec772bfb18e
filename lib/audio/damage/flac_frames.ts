/** What a FLAC file says of its sound, and what its frames say of themselves. After RFC 9639, sections 8.2 and 9.1. */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";

/** The most bytes of a frame's header. */
export const FRAME_HEAD = 16;

/** Where the first block says how many samples a frame has, and how many a second has; and where it ends. */
const BLOCK_SIZE_AT = 10, RATE_AT = 18, INFO_END = 42;

/** Samples by the number that stands for them; those at 6 and 7 stand behind the header's number. */
const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/** What the first block says. */
export interface FlacInfo {
  /** Samples a second of each channel. */
  readonly rate: number;
  /** Samples of a frame, where all have as many. */
  readonly blockSize: number;
  /** Samples of the file; 0 if they are not known. */
  readonly samples: number;
}

/** What the header of a frame says: its first sample, and the one behind its last. */
export interface FlacFrame {
  readonly start: number;
  readonly end: number;
}

/** Reads the first block, if it is there. */
export async function readFlacInfo(read: ReadAt): Promise<FlacInfo | undefined> {
  const info = await read(0, INFO_END);
  if (info.length < INFO_END) return undefined;
  const view = viewOf(info);
  return {
    rate: view.getUint32(RATE_AT) >>> 12,
    blockSize: view.getUint16(BLOCK_SIZE_AT),
    // They are counted in 36 bits, of which four stand before these.
    samples: (view.getUint8(RATE_AT + 3) & 15) * 2 ** 32 + view.getUint32(RATE_AT + 4),
  };
}

/**
 * Reads the header of a frame, if it is one.
 *
 * @param bytes What begins with it.
 * @param blockSize Samples of a frame, where all have as many.
 */
export function readFlacFrame(bytes: Uint8Array, blockSize: number): FlacFrame | undefined {
  if (bytes.length < 6 || bytes[0] !== 0xff || (bytes[1] & 0xfe) !== 0xf8) return undefined;
  const sizeCode = bytes[2] >> 4, rateCode = bytes[2] & 15;
  if (sizeCode === 0 || rateCode === 15 || bytes[3] >> 4 > 10 || bytes[3] & 1) return undefined;
  const number = readNumber(bytes, 4);
  if (number === undefined) return undefined;
  let at = number.end, size = BLOCK_SIZES[sizeCode];
  if (sizeCode === 6) size = bytes[at++] + 1;
  if (sizeCode === 7) size = (bytes[at++] << 8 | bytes[at++]) + 1;
  if (rateCode >= 12) at += rateCode === 12 ? 1 : 2;
  if (at >= bytes.length || checksum(bytes.subarray(0, at)) !== bytes[at]) return undefined;
  const start = bytes[1] & 1 ? number.value : number.value * blockSize;
  return { start, end: start + size };
}

/** Reads a number as UTF-8 has characters, of up to seven bytes. */
function readNumber(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly end: number } | undefined {
  const ones = Math.clz32(~(bytes[at] << 24));
  if (ones === 1 || ones === 8) return undefined;
  let value = bytes[at] & 0x7f >> ones;
  const end = at + Math.max(1, ones);
  for (let i = at + 1; i < end; i++) {
    if ((bytes[i] & 0xc0) !== 0x80) return undefined;
    value = value * 64 + (bytes[i] & 0x3f);
  }
  return { value, end };
}

function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1 ^ (sum & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return sum;
}

/**
 * What is missing of a FLAC file whose header does not say how long it is, as of one that was written to a pipe: each
 * frame says which it is. After RFC 9639, section 9.1.
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";
import { ByteWindow } from "./byte_window.ts";
import type { Heard, Losses } from "./losses.ts";

/** The most bytes of a frame's header. */
const HEAD = 16;
/** Where the first block says how many samples a frame has, and how many a second has; and where it ends. */
const BLOCK_SIZE_AT = 10, RATE_AT = 18, INFO_END = 42;
/** Blocks of facts before the sound. */
const MAX_BLOCKS = 10_000;
/** Frames looked for where none was taken for one; a file with more is none. */
const MAX_SEARCHED = 10_000_000;

/** Samples by the number that stands for them; those at 6 and 7 stand behind the header's number. */
const BLOCK_SIZES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/** What the header of a frame says: its first sample, and the one behind its last. */
interface Frame {
  readonly start: number;
  readonly end: number;
}

/** Tells how much fewer seconds were heard than the frames count from the first to the last. */
export async function flacLosses(read: ReadAt, size: number, heard: Heard): Promise<Losses> {
  const info = await read(0, INFO_END);
  const none = { seconds: 0, bytes: 0 };
  if (info.length < INFO_END) return none;
  const view = viewOf(info);
  const rate = view.getUint32(RATE_AT) >>> 12, blockSize = view.getUint16(BLOCK_SIZE_AT);
  // The samples are counted in 36 bits, of which four stand before these.
  const stated = (view.getUint8(RATE_AT + 3) & 15) * 2 ** 32 + view.getUint32(RATE_AT + 4);
  if (rate === 0 || stated > 0) return none;
  const window = new ByteWindow(read), begin = await endOfBlocks(read, size);
  let first: number | undefined, end = -1, waiting: Frame | undefined;
  for (let offset = begin, searched = 0; searched < MAX_SEARCHED; offset++, searched++) {
    offset = await window.find([0xff], offset, size);
    if (offset < 0) break;
    const frame = readFrame(await window.at(offset, HEAD), blockSize);
    if (frame === undefined) continue;
    // What stands behind damage is borne out by the frame behind it.
    if (frame.start === end || frame.start === waiting?.end || offset === begin) {
      // A file may begin with another frame than the first, if nothing stands before that.
      first ??= offset === begin ? frame.start : 0;
      end = frame.end;
      waiting = undefined;
    } else if (frame.start > end) {
      waiting = frame;
    }
  }
  if (first === undefined) return none;
  return { ...none, seconds: Math.max(0, (end - first) / rate - heard.seconds) };
}

/** Tells where the blocks before the sound end. */
async function endOfBlocks(read: ReadAt, size: number): Promise<number> {
  let offset = 4;
  for (let blocks = 0; blocks < MAX_BLOCKS && offset < size; blocks++) {
    const head = await read(offset, 4);
    if (head.length < 4) break;
    offset += 4 + (head[1] << 16 | head[2] << 8 | head[3]);
    if (head[0] & 0x80) break;
  }
  return offset;
}

/** Reads the header of a frame, if it is one. */
function readFrame(bytes: Uint8Array, fixedSize: number): Frame | undefined {
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
  const start = bytes[1] & 1 ? number.value : number.value * fixedSize;
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

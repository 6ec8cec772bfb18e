/**
 * Where the last frame of a FLAC file ends: what stands behind it, a tag say, would be taken for a part of it by the
 * decoder, and the frame be lost. Frames do not say how long they are, but end with a checksum of themselves. After RFC
 * 9639, section 9.3.
 */
import { type FlacFrame, FRAME_HEAD, readFlacFrame, readFlacInfo } from "./flac_frames.ts";
import type { ReadAt } from "../input/audio_input.ts";

/** Bytes at a file's end in which its last frame is looked for. */
const SEARCHED = 1 << 18;

/** Tells where the last frame ends; the size of the file where that cannot be found. */
export async function endOfFlac(read: ReadAt, size: number): Promise<number> {
  const info = await readFlacInfo(read);
  if (info === undefined) return size;
  const offset = Math.max(0, size - SEARCHED);
  const bytes = await read(offset, size - offset);
  for (let at = bytes.lastIndexOf(0xff); at >= 0; at = at > 0 ? bytes.lastIndexOf(0xff, at - 1) : -1) {
    const frame = readFlacFrame(bytes.subarray(at, at + FRAME_HEAD), info.blockSize);
    if (frame === undefined || !mayBeLast(frame, info.samples)) continue;
    const length = frameLength(bytes.subarray(at));
    if (length > 0) return offset + at + length;
  }
  return size;
}

/** What passes for a frame within another does not end where the file's sound does, if that is known. */
function mayBeLast({ end }: FlacFrame, stated: number): boolean {
  return stated === 0 || end === stated;
}

/** The bytes up to the last place where a frame may end that they begin with; 0 if there is none. */
function frameLength(bytes: Uint8Array): number {
  let sum = 0, length = 0;
  for (let i = 0; i < bytes.length; i++) {
    sum ^= bytes[i] << 8;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1 ^ (sum & 0x8000 ? 0x8005 : 0)) & 0xffff;
    // The checksum of what has its checksum behind it is 0; zeros that follow, which harm nothing, keep it so.
    if (sum === 0) length = i + 1;
  }
  return length;
}

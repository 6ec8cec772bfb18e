/**
 * What is missing of a FLAC file whose header does not say how long it is, as of one that was written to a pipe: each
 * frame says which it is. After RFC 9639, section 9.1.
 */
import type { ReadAt } from "../input/audio_input.ts";
import { ByteWindow } from "./byte_window.ts";
import { type FlacFrame, FRAME_HEAD, readFlacFrame, readFlacInfo } from "./flac_frames.ts";
import type { Heard, Losses } from "./losses.ts";

/** Blocks of facts before the sound. */
const MAX_BLOCKS = 10_000;
/** Frames looked for where none was taken for one; a file with more is none. */
const MAX_SEARCHED = 10_000_000;

/** Tells how much fewer seconds were heard than the frames count from the first to the last. */
export async function flacLosses(read: ReadAt, size: number, heard: Heard): Promise<Losses> {
  const none = { seconds: 0, bytes: 0 };
  const info = await readFlacInfo(read);
  if (info === undefined || info.rate === 0 || info.samples > 0) return none;
  const { rate, blockSize } = info;
  const window = new ByteWindow(read), begin = await endOfBlocks(read, size);
  let first: number | undefined, end = -1, waiting: FlacFrame | undefined;
  for (let offset = begin, searched = 0; searched < MAX_SEARCHED; offset++, searched++) {
    offset = await window.find([0xff], offset, size);
    if (offset < 0) break;
    const frame = readFlacFrame(await window.at(offset, FRAME_HEAD), blockSize);
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

/**
 * Bytes between the frames of MPEG audio that are none: each frame says how long it is, so that the next stands behind
 * it, or a tag. After ISO/IEC 11172-3, section 2.4.2.3, and what the tags' authors say: "ID3 tag version 2.4.0", section
 * 3, ID3v1, APEv2 and Lyrics3 v2.00.
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";
import { isMpegRow, mpegFrame, TAG_HEAD, tagLength } from "../mpeg_frames.ts";
import { ByteWindow } from "./byte_window.ts";
import type { Losses } from "./losses.ts";

/** Bytes that hold a row of the longest frames. */
const ROW_BYTES = 1 << 14;
/** Bytes behind the last frame that may be anything: a tag of another program, what fills a block up. */
const TAIL = 1 << 12;
/** Places looked at where no frame is; a file with more is none. */
const MAX_SEARCHED = 1_000_000;
/** The bytes of a tag at the end, of the foot of an APE tag, and of Lyrics3's. */
const ID3V1 = 128, APE_FOOT = 32, LYRICS_FOOT = 15;

/** Goes through the frames. */
export async function mpegLosses(read: ReadAt, size: number): Promise<Losses> {
  const end = await endOfSound(read, size), window = new ByteWindow(read);
  let lost = 0, tags = 0, searched = 0;
  let kind: string | undefined;
  // Where the last frame or tag ends: behind a tag there may be anything, and before the first frame.
  let from = 0, mayBeAnything = true;
  for (let offset = 0; offset < end && searched < MAX_SEARCHED;) {
    const bytes = await window.at(offset, Math.min(ROW_BYTES, end - offset));
    const frame = mpegFrame(bytes, 0);
    if (frame && ((offset === from && frame.kind === kind) || isMpegRow(bytes, 0))) {
      if (!mayBeAnything) lost += offset - from;
      if (offset + frame.length > end) return { seconds: 0, bytes: lost + end - offset, tags };
      kind = frame.kind;
      mayBeAnything = false;
      from = offset += frame.length;
      continue;
    }
    const tag = offset === from ? lengthOfTag(bytes) : 0;
    if (tag > 0) {
      if (kind !== undefined) tags++;
      mayBeAnything = true;
      from = offset += tag;
      continue;
    }
    searched++;
    offset = await window.find([0xff], offset + 1, end);
    if (offset < 0) break;
  }
  // Without a single frame it is not known how long they are.
  if (kind !== undefined && !mayBeAnything && searched < MAX_SEARCHED && end - from > TAIL) {
    lost += end - from;
  }
  return { seconds: 0, bytes: lost, tags };
}

/** The length of the tag that begins here; 0 if none does. */
function lengthOfTag(bytes: Uint8Array): number {
  const text = String.fromCharCode(...bytes.subarray(0, 8));
  if (text.startsWith("TAG")) return ID3V1;
  if (text === "APETAGEX" && bytes.length >= APE_FOOT) return APE_FOOT + viewOf(bytes).getUint32(12, true);
  return tagLength(bytes.subarray(0, TAG_HEAD));
}

/** Tells where the sound ends that may have tags behind it. */
async function endOfSound(read: ReadAt, size: number): Promise<number> {
  let end = size;
  const textAt = async (offset: number, length: number) =>
    String.fromCharCode(...await read(Math.max(0, offset), length));
  if (await textAt(end - ID3V1, 3) === "TAG") end -= ID3V1;
  const lyrics = /^(\d{6})LYRICS200$/.exec(await textAt(end - LYRICS_FOOT, LYRICS_FOOT))?.[1];
  if (lyrics !== undefined) end -= Number(lyrics) + LYRICS_FOOT;
  const foot = await read(Math.max(0, end - APE_FOOT), APE_FOOT);
  if (foot.length === APE_FOOT && String.fromCharCode(...foot.subarray(0, 8)) === "APETAGEX") {
    // It may have a head of its own, which its size does not count.
    const hasHead = viewOf(foot).getUint32(20, true) >>> 31 === 1;
    end -= viewOf(foot).getUint32(12, true) + (hasHead ? APE_FOOT : 0);
  }
  return Math.max(0, end);
}

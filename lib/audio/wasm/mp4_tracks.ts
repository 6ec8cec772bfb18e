/**
 * Which audio track of an MP4 is its default: the first that is enabled. After ISO/IEC 14496-12, section 8.3.2.
 */
import type { ReadAt } from "../input/audio_input.ts";
import type { AudioTracks } from "./matroska_tracks.ts";
import { BoxReader } from "./mp4_boxes.ts";

/** The lowest bit of a track header's flags, which stand in the last three of its first four bytes. */
const ENABLED = 1;

/** Reads which of a file's audio tracks are enabled, or gives nothing where it has no index. */
export async function readMp4Tracks(read: ReadAt, size: number): Promise<AudioTracks | undefined> {
  const reader = new BoxReader(read);
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  if (moov === undefined) return undefined;
  let count = 0;
  let found: number | undefined;
  for await (const trak of reader.audioTracks(moov)) {
    const tkhd = await reader.find(trak, "tkhd");
    const flags = tkhd && await reader.view(tkhd.start + 3, 1);
    if (flags?.byteLength && flags.getUint8(0) & ENABLED) found ??= count;
    count++;
  }
  return { count, default: found };
}

/**
 * Which part of a track of an MP4 is heard: its edit list leaves out what the encoder needed to begin and to end.
 * After ISO/IEC 14496-12, section 8.6.6.
 */
import type { ReadAt } from "../input/audio_input.ts";
import { type Box, BoxReader } from "./mp4_boxes.ts";

/** A part of a track, in seconds. */
export interface Edit {
  /** Where it begins. */
  readonly start: number;
  /** How long it is; nothing if it goes on to the end. */
  readonly duration?: number;
}

/** Edits read of a track: real ones have one or two. */
const MAX_EDITS = 100;

/**
 * Gives the part of an audio track that is heard, or nothing if the file does not say, or says what is no single
 * part.
 *
 * @param track Counts the audio tracks from 0.
 */
export async function readEdit(read: ReadAt, size: number, track: number): Promise<Edit | undefined> {
  const reader = new BoxReader(read);
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  const mvhd = moov && await reader.find(moov, "mvhd");
  if (!moov || !mvhd) return undefined;
  const movieScale = await reader.timescale(mvhd);
  const trak = await reader.audioTrack(moov, track);
  const elst = trak && await reader.find(trak, "edts", "elst");
  const mdhd = trak && await reader.find(trak, "mdia", "mdhd");
  if (!elst || !mdhd) return undefined;
  const mediaScale = await reader.timescale(mdhd);
  if (!(movieScale > 0 && mediaScale > 0)) return undefined;
  return joined(await readEdits(reader, elst, movieScale, mediaScale));
}

/** Several edits count if each begins where the one before ends. */
function joined(edits: readonly Edit[]): Edit | undefined {
  if (edits.length === 0) return undefined;
  let end = edits[0].start;
  for (const { start, duration } of edits) {
    if (Math.abs(start - end) > 0.01) return undefined;
    if (duration === undefined) return { start: edits[0].start };
    end = start + duration;
  }
  return { start: edits[0].start, duration: end - edits[0].start };
}

/** Reads the edits that hold media; empty ones only say when the track begins. */
async function readEdits(
  reader: BoxReader,
  { start, end }: Box,
  movieScale: number,
  mediaScale: number,
): Promise<Edit[]> {
  const view = await reader.view(start, Math.min(8 + MAX_EDITS * 20, end - start));
  const edits: Edit[] = [];
  if (view.byteLength < 8) return edits;
  const isLong = view.getUint8(0) === 1;
  const size = isLong ? 20 : 12;
  const count = Math.min(view.getUint32(4), Math.floor((view.byteLength - 8) / size));
  for (let i = 0, at = 8; i < count; i++, at += size) {
    const duration = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const mediaTime = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (mediaTime < 0) continue;
    // A length of 0 is what fragmented files have: they are written before it is known.
    edits.push({ start: mediaTime / mediaScale, ...(duration > 0 && { duration: duration / movieScale }) });
  }
  return edits;
}

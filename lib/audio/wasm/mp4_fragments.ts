/**
 * Fragments that are missing in an MP4 which was written piece by piece, as recorders and broadcasters do: each says
 * when it begins, so that it tells what should be ahead of it. After ISO/IEC 14496-12, section 8.8.
 */
import { type Box, BoxReader, type ReadAt } from "./mp4_boxes.ts";

/** Fragments looked at: two a second in a recording a day long, each a box and its data. */
const MAX_TOP_BOXES = 400_000;
/** The most bytes of a fragment's description: real ones have some thousand. */
const MAX_DESCRIPTION = 1 << 20;
/** Seconds that must lack between two fragments: a recorder's clock may be less even than its samples. */
const LEAST_GAP = 0.5;

/** Flags of a track's fragment and of a run of samples: which fields there are. */
const HAS_BASE = 0x1, HAS_DESCRIPTION = 0x2, HAS_DURATION = 0x8;
const RUN_HAS_OFFSET = 0x1, RUN_HAS_FIRST_FLAGS = 0x4, RUN_HAS_DURATIONS = 0x100;
/** A sample's fields: its duration, size, flags and the distance to when it is shown. */
const SAMPLE_FIELDS = [RUN_HAS_DURATIONS, 0x200, 0x400, 0x800];

/** An audio track, and how its fragments count. */
interface FragmentedTrack {
  readonly id: number;
  /** Units a second. */
  readonly scale: number;
  /** Units of a sample that says nothing else. */
  readonly duration: number;
}

/** When a fragment begins and ends, in units. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Gives the seconds that lack between the fragments of a track.
 *
 * @param track Counts the audio tracks from 0.
 */
export async function missingSeconds(read: ReadAt, size: number, track: number): Promise<number> {
  const found = await findTrack(new BoxReader(read), size, track);
  if (found === undefined) return 0;
  let missing = 0;
  let last: Span | undefined;
  for await (const box of new BoxReader(read, MAX_TOP_BOXES).children({ type: "", start: 0, end: size })) {
    if (box.type !== "moof" || box.end - box.start > MAX_DESCRIPTION) continue;
    const bytes = await read(box.start, box.end - box.start);
    const inside = new BoxReader((offset, length) =>
      Promise.resolve(bytes.subarray(offset, offset + length))
    );
    const span = await spanOf(inside, { type: "moof", start: 0, end: bytes.length }, found);
    if (span === undefined) continue;
    const gap = last === undefined ? 0 : (span.start - last.end) / found.scale;
    if (gap >= LEAST_GAP) missing += gap;
    last = span;
  }
  return missing;
}

async function findTrack(
  reader: BoxReader,
  size: number,
  track: number,
): Promise<FragmentedTrack | undefined> {
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  const mvex = moov && await reader.find(moov, "mvex");
  if (!moov || !mvex) return undefined;
  let count = 0;
  for await (const trak of reader.children(moov)) {
    if (trak.type !== "trak" || !await reader.isAudio(trak) || count++ < track) continue;
    const mdhd = await reader.find(trak, "mdia", "mdhd");
    const tkhd = await reader.find(trak, "tkhd");
    const id = tkhd && await reader.trackId(tkhd);
    const scale = mdhd && await reader.timescale(mdhd);
    if (!id || !scale) return undefined;
    return { id, scale, duration: await defaultDuration(reader, mvex, id) };
  }
}

async function defaultDuration(reader: BoxReader, mvex: Box, id: number): Promise<number> {
  for await (const box of reader.children(mvex)) {
    if (box.type !== "trex" || box.end - box.start < 16) continue;
    const view = await reader.view(box.start, 16);
    if (view.getUint32(4) === id) return view.getUint32(12);
  }
  return 0;
}

/** Tells when the part of a fragment that is of the track begins and ends, if it says so. */
async function spanOf(reader: BoxReader, moof: Box, track: FragmentedTrack): Promise<Span | undefined> {
  for await (const traf of reader.children(moof)) {
    const tfhd = traf.type === "traf" ? await reader.find(traf, "tfhd") : undefined;
    const tfdt = tfhd && await reader.find(traf, "tfdt");
    if (!tfhd || !tfdt) continue;
    const head = await reader.view(tfhd.start, tfhd.end - tfhd.start);
    if (head.byteLength < 8 || head.getUint32(4) !== track.id) continue;
    const start = await startTime(reader, tfdt);
    if (start === undefined) return undefined;
    let end = start;
    const duration = ownDuration(head) ?? track.duration;
    for await (const box of reader.children(traf)) {
      if (box.type === "trun") end += durationOf(await reader.view(box.start, box.end - box.start), duration);
    }
    return { start, end };
  }
}

async function startTime(reader: BoxReader, tfdt: Box): Promise<number | undefined> {
  const view = await reader.view(tfdt.start, tfdt.end - tfdt.start);
  if (view.byteLength >= 12 && view.getUint8(0) === 1) return Number(view.getBigUint64(4));
  return view.byteLength >= 8 ? view.getUint32(4) : undefined;
}

/** The units of a sample by the head of a track's fragment, if that says them. */
function ownDuration(head: DataView): number | undefined {
  const flags = head.getUint32(0);
  const at = 8 + (flags & HAS_BASE ? 8 : 0) + (flags & HAS_DESCRIPTION ? 4 : 0);
  return flags & HAS_DURATION && at + 4 <= head.byteLength ? head.getUint32(at) : undefined;
}

/** Adds up the units of a run's samples. */
function durationOf(run: DataView, duration: number): number {
  if (run.byteLength < 8) return 0;
  const flags = run.getUint32(0), count = run.getUint32(4);
  if ((flags & RUN_HAS_DURATIONS) === 0) return count * duration;
  const size = 4 * SAMPLE_FIELDS.filter((flag) => flags & flag).length;
  let sum = 0, at = 8 + (flags & RUN_HAS_OFFSET ? 4 : 0) + (flags & RUN_HAS_FIRST_FLAGS ? 4 : 0);
  for (let sample = 0; sample < count && at + size <= run.byteLength; sample++, at += size) {
    sum += run.getUint32(at);
  }
  return sum;
}

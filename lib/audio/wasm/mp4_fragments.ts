/**
 * The fragments of an MP4 that was written piece by piece, as recorders and broadcasters do: when each begins, and where
 * its samples lie. After ISO/IEC 14496-12, section 8.8.
 */
import { ByteWindow } from "../damage/byte_window.ts";
import type { ReadAt } from "../input/audio_input.ts";
import { type Box, BoxReader } from "./mp4_boxes.ts";

/** Fragments looked at: two a second in a recording a day long, each a box and its data. */
const MAX_TOP_BOXES = 400_000;
/** The most bytes of a fragment's description: real ones have some thousand, with every frame told apart some million. */
const MAX_DESCRIPTION = 1 << 24;

/** What a box may be called, and what a fragment is. */
const NAME = /^[ -~\xa9]{4}$/, MOOF = [0x6d, 0x6f, 0x6f, 0x66];

/** Flags of a track's fragment and of a run of samples: which fields there are, and that its data is counted from it on. */
const HAS_BASE = 0x1, HAS_DESCRIPTION = 0x2, HAS_DURATION = 0x8, HAS_SIZE = 0x10, BASE_IS_FRAGMENT = 0x20000;
const RUN_HAS_OFFSET = 0x1, RUN_HAS_FIRST_FLAGS = 0x4, RUN_HAS_DURATIONS = 0x100, RUN_HAS_SIZES = 0x200;
/** A sample's fields: its duration, size, flags and the distance to when it is shown. */
const SAMPLE_FIELDS = [RUN_HAS_DURATIONS, RUN_HAS_SIZES, 0x400, 0x800];

/** What a sample is that says nothing of itself. */
interface SampleDefaults {
  /** In units of its track. */
  readonly duration: number;
  /** In bytes. */
  readonly size: number;
}

/** An audio track, and how fragments count. */
export interface FragmentedTrack {
  readonly id: number;
  /** Units a second. */
  readonly scale: number;
  /** What the movie says of the samples of each track. */
  readonly defaults: ReadonlyMap<number, SampleDefaults>;
}

/** Samples that lie behind one another in the file. */
export interface SampleRun {
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What a fragment has of a track. */
export interface Fragment {
  /** When it begins, in units; nothing where it does not say so. */
  readonly start: number | undefined;
  /** Units that its samples last. */
  readonly duration: number;
  readonly runs: readonly SampleRun[];
  /** Whether damage stands before it, which no decoder gets over. */
  readonly isBehindDamage: boolean;
}

/**
 * Finds an audio track, or gives nothing where the file has it in one piece.
 *
 * @param track Counts the audio tracks from 0.
 */
export async function findFragmentedTrack(
  read: ReadAt,
  size: number,
  track: number,
): Promise<FragmentedTrack | undefined> {
  const reader = new BoxReader(read);
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  const mvex = moov && await reader.find(moov, "mvex");
  const trak = mvex && await reader.audioTrack(moov, track);
  if (trak === undefined) return undefined;
  const mdhd = await reader.find(trak, "mdia", "mdhd");
  const tkhd = await reader.find(trak, "tkhd");
  const id = tkhd && await reader.trackId(tkhd);
  const scale = mdhd && await reader.timescale(mdhd);
  return id && scale ? { id, scale, defaults: await readDefaults(reader, mvex!) } : undefined;
}

async function readDefaults(reader: BoxReader, mvex: Box): Promise<Map<number, SampleDefaults>> {
  const defaults = new Map<number, SampleDefaults>();
  for await (const box of reader.children(mvex)) {
    if (box.type !== "trex" || box.end - box.start < 20) continue;
    const view = await reader.view(box.start, 20);
    if (view.byteLength < 20) continue;
    defaults.set(view.getUint32(4), { duration: view.getUint32(12), size: view.getUint32(16) });
  }
  return defaults;
}

/** Goes through the boxes at the top; where something else stands, on to the next fragment. */
async function* topBoxes(
  read: ReadAt,
  size: number,
): AsyncGenerator<Box & { readonly isBehindDamage: boolean }> {
  const top = new BoxReader(read, MAX_TOP_BOXES), window = new ByteWindow(read);
  let offset = 0;
  for (let isBehindDamage = false; offset >= 0; isBehindDamage = true) {
    for await (const box of top.children({ type: "", start: offset, end: size })) {
      if (!NAME.test(box.type)) break;
      yield { ...box, isBehindDamage };
      offset = box.end;
    }
    if (offset + 8 >= size) return;
    // The name of a box stands behind its size.
    offset = await window.find(MOOF, offset + 5, size) - 4;
  }
}

/** Goes through the fragments of a track. */
export async function* fragmentsOf(
  read: ReadAt,
  size: number,
  track: FragmentedTrack,
): AsyncGenerator<Fragment> {
  let begin = 0;
  for await (const box of topBoxes(read, size)) {
    // Where the box before ends, with the head of this one.
    const origin = begin;
    begin = box.end;
    if (box.type !== "moof" || box.end - box.start > MAX_DESCRIPTION) continue;
    const bytes = await read(box.start, box.end - box.start);
    const inside = new BoxReader((offset, length) =>
      Promise.resolve(bytes.subarray(offset, offset + length))
    );
    // Of several tracks, each that says nothing else begins where the data of the one before ends.
    let base = origin;
    for await (const traf of inside.children({ type: "moof", start: 0, end: bytes.length })) {
      const part = traf.type === "traf" ? await readPart(inside, traf, { origin, base }, track) : undefined;
      if (part === undefined) continue;
      base = part.end;
      if (part.id === track.id) yield { ...part, isBehindDamage: box.isBehindDamage };
    }
  }
}

/** Reads what a fragment has of one of its tracks, and where that ends in the file. */
async function readPart(
  reader: BoxReader,
  traf: Box,
  { origin, base }: { readonly origin: number; readonly base: number },
  { defaults }: FragmentedTrack,
): Promise<Omit<Fragment, "isBehindDamage"> & { readonly id: number; readonly end: number } | undefined> {
  const tfhd = await reader.find(traf, "tfhd");
  const head = tfhd && await reader.view(tfhd.start, tfhd.end - tfhd.start);
  if (head === undefined || head.byteLength < 8) return undefined;
  const id = head.getUint32(4);
  const { own, ...sample } = readHead(head, defaults.get(id));
  const from = own ?? (head.getUint32(0) & BASE_IS_FRAGMENT ? origin : base);
  const runs: SampleRun[] = [];
  let duration = 0, end = from;
  for await (const box of reader.children(traf)) {
    const run = box.type === "trun" ? await reader.view(box.start, box.end - box.start) : undefined;
    if (run === undefined || run.byteLength < 8) continue;
    const hasOffset = run.getUint32(0) & RUN_HAS_OFFSET && run.byteLength >= 12;
    const offset = hasOffset ? from + run.getInt32(8) : end;
    const length = sumOf(run, RUN_HAS_SIZES, sample.size);
    runs.push({ offset, length });
    end = offset + length;
    duration += sumOf(run, RUN_HAS_DURATIONS, sample.duration);
  }
  return { id, start: await startTime(reader, traf), duration, runs, end };
}

/** Reads from where the data is counted, if that is said, and what samples are that say nothing of themselves. */
function readHead(
  head: DataView,
  { duration, size }: SampleDefaults = { duration: 0, size: 0 },
): SampleDefaults & { readonly own?: number } {
  const flags = head.getUint32(0);
  let at = 8;
  const field = (flag: number, length: number) => {
    const start = at;
    if ((flags & flag) === 0) return undefined;
    at += length;
    return at <= head.byteLength ? start : undefined;
  };
  const base = field(HAS_BASE, 8);
  field(HAS_DESCRIPTION, 4);
  const ownDuration = field(HAS_DURATION, 4), ownSize = field(HAS_SIZE, 4);
  return {
    duration: ownDuration === undefined ? duration : head.getUint32(ownDuration),
    size: ownSize === undefined ? size : head.getUint32(ownSize),
    ...(base !== undefined && { own: Number(head.getBigUint64(base)) }),
  };
}

async function startTime(reader: BoxReader, traf: Box): Promise<number | undefined> {
  const tfdt = await reader.find(traf, "tfdt");
  if (tfdt === undefined) return undefined;
  const view = await reader.view(tfdt.start, tfdt.end - tfdt.start);
  if (view.byteLength >= 12 && view.getUint8(0) === 1) return Number(view.getBigUint64(4));
  return view.byteLength >= 8 ? view.getUint32(4) : undefined;
}

/** Adds up a field of a run's samples, each of which is `usual` where they do not say it. */
function sumOf(run: DataView, field: number, usual: number): number {
  const flags = run.getUint32(0), count = run.getUint32(4);
  if ((flags & field) === 0) return count * usual;
  const fields = SAMPLE_FIELDS.filter((flag) => flags & flag);
  const size = 4 * fields.length, place = 4 * fields.indexOf(field);
  let sum = 0, at = 8 + (flags & RUN_HAS_OFFSET ? 4 : 0) + (flags & RUN_HAS_FIRST_FLAGS ? 4 : 0);
  for (let sample = 0; sample < count && at + size <= run.byteLength; sample++, at += size) {
    sum += run.getUint32(at + place);
  }
  return sum;
}

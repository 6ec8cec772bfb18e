/**
 * QuickTime and MP4 files whose samples are stored as numbers: where they lie, in chunks between the pictures of a film
 * or in the fragments that it was written in. After ISO/IEC 14496-12, sections 8.7 and 8.8.
 */
import type { AudioInput, ReadAt } from "../input/audio_input.ts";
import { joinedParts, PartList } from "../input/joined_parts.ts";
import { type Box, BoxReader } from "../wasm/mp4_boxes.ts";
import { findFragmentedTrack, fragmentsOf } from "../wasm/mp4_fragments.ts";
import { missingSeconds } from "../wasm/mp4_gaps.ts";
import { type Edit, readEdit } from "../wasm/mp4_edits.ts";
import { readMp4Tracks } from "../wasm/mp4_tracks.ts";
import { isStoredCodec, readSoundDescription } from "./sound_description.ts";
import { SAMPLE_BYTES, type StoredSamples } from "./stored_samples.ts";

/** Of a table, the fields before its entries. */
const TABLE_FIELDS = 8;
/** Entries of a table read at once. */
const ENTRIES = 4096;

/** Samples, and the input that they are in, which disposes the one that was given. */
export interface Mp4Samples {
  readonly samples: StoredSamples;
  readonly sound: AudioInput;
}

/** The places of samples, behind one another as they are heard, as far as the file has them. */
class Places {
  readonly parts = new PartList();
  readonly #fileSize: number;
  #isWhole = true;
  /** The bytes that there should be. */
  stated = 0;

  constructor(fileSize: number) {
    this.#fileSize = fileSize;
  }

  add(offset: number, length: number): void {
    this.stated += length;
    // What follows a part that was cut off would be heard out of its place.
    if (this.#isWhole) this.parts.add(offset, Math.max(0, Math.min(length, this.#fileSize - offset)));
    this.#isWhole &&= offset + length <= this.#fileSize;
  }

  /** Whether they are more than the file has: then it lies. */
  get isTooMuch(): boolean {
    return this.parts.size > this.#fileSize;
  }
}

/** Chunks from one on, counted from 0, that have as many samples each. */
interface ChunkRun {
  readonly first: number;
  readonly samples: number;
}

/**
 * Finds the samples of a track, or gives nothing where they are stored otherwise or the file is damaged.
 *
 * @param wanted Counts the audio tracks from 0. Default: the file's default.
 */
export async function readMp4Samples(input: AudioInput, wanted?: number): Promise<Mp4Samples | undefined> {
  const read = (offset: number, length: number) => input.read(offset, length);
  const track = await trackHeard(read, input.size, wanted);
  const reader = new BoxReader(read);
  const table = await findSampleTable(reader, input.size, track);
  const [entry, ...others] = table ? await entriesOf(reader, table) : [];
  const description = entry && others.length === 0 && await readSoundDescription(reader, entry);
  if (!description) return undefined;
  const frameSize = description.channels * SAMPLE_BYTES[description.encoding];
  const places = new Places(input.size);
  if (!await readChunks(reader, table!, frameSize, places)) return undefined;
  if (!await readFragments(read, input.size, track, frameSize, places)) return undefined;
  const { sampleRate } = description, { parts, stated } = places;
  const frames = cut(stated / frameSize, sampleRate, await readEdit(read, input.size, track));
  const frameCount = Math.max(0, Math.min(frames.count, Math.floor(parts.size / frameSize) - frames.first));
  if (frameCount === 0) return undefined;
  const between = Math.round(sampleRate * await missingSeconds(read, input.size, track));
  const missingFrames = frames.count - frameCount + between;
  const samples = {
    ...description,
    frameSize,
    dataOffset: frames.first * frameSize,
    frameCount,
    ...(missingFrames > 0 && { missingFrames }),
  };
  return { samples, sound: joinedParts(input, parts) };
}

/** Whether the samples of a track are stored as numbers, in a way that is read here or another. */
export async function hasStoredSamples(input: AudioInput, wanted?: number): Promise<boolean> {
  const read = (offset: number, length: number) => input.read(offset, length);
  const reader = new BoxReader(read);
  const table = await findSampleTable(reader, input.size, await trackHeard(read, input.size, wanted));
  return table !== undefined && (await entriesOf(reader, table)).some(({ type }) => isStoredCodec(type));
}

async function trackHeard(read: ReadAt, size: number, wanted: number | undefined): Promise<number> {
  return wanted ?? (await readMp4Tracks(read, size))?.default ?? 0;
}

async function findSampleTable(reader: BoxReader, size: number, track: number): Promise<Box | undefined> {
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  const trak = moov && await reader.audioTrack(moov, track);
  return trak && await reader.find(trak, "mdia", "minf", "stbl");
}

/** The descriptions of a track's samples: but one, unless it was put together from several. */
async function entriesOf(reader: BoxReader, table: Box): Promise<Box[]> {
  const descriptions = await reader.find(table, "stsd");
  if (descriptions === undefined) return [];
  const entries: Box[] = [];
  for await (
    const entry of reader.children({ ...descriptions, start: descriptions.start + TABLE_FIELDS })
  ) entries.push(entry);
  return entries;
}

/** Finds the chunks of a track; tells whether the file says where they are, and does not lie. */
async function readChunks(
  reader: BoxReader,
  table: Box,
  frameSize: number,
  places: Places,
): Promise<boolean> {
  const short = await reader.find(table, "stco");
  const offsets = short ?? await reader.find(table, "co64");
  const runTable = await reader.find(table, "stsc");
  if (offsets === undefined || runTable === undefined) return false;
  const runs = chunkRuns(reader, runTable);
  let run = (await runs.next()).value, next = (await runs.next()).value;
  let number = 0;
  for await (const view of entries(reader, offsets, short ? 4 : 8)) {
    const offset = short ? view.getUint32(0) : Number(view.getBigUint64(0));
    while (next && number >= next.first) {
      run = next;
      next = (await runs.next()).value;
    }
    number++;
    places.add(offset, (run?.samples ?? 0) * frameSize);
    if (places.isTooMuch) return false;
  }
  return true;
}

/** Finds what of a track lies in fragments; tells whether that is whole frames, and the file does not lie. */
async function readFragments(
  read: ReadAt,
  size: number,
  track: number,
  frameSize: number,
  places: Places,
): Promise<boolean> {
  const fragmented = await findFragmentedTrack(read, size, track);
  if (fragmented === undefined) return true;
  for await (const { runs } of fragmentsOf(read, size, fragmented)) {
    for (const { offset, length } of runs) {
      if (offset < 0 || length % frameSize !== 0) return false;
      places.add(offset, length);
      if (places.isTooMuch) return false;
    }
  }
  return true;
}

async function* chunkRuns(reader: BoxReader, table: Box): AsyncGenerator<ChunkRun, undefined> {
  for await (const view of entries(reader, table, 12)) {
    yield { first: view.getUint32(0) - 1, samples: view.getUint32(4) };
  }
}

/** The entries of a table, as many as it has room for. */
async function* entries(reader: BoxReader, table: Box, size: number): AsyncGenerator<DataView> {
  const head = await reader.view(table.start, TABLE_FIELDS);
  if (head.byteLength < TABLE_FIELDS) return;
  const start = table.start + TABLE_FIELDS;
  let left = Math.min(head.getUint32(4), Math.floor((table.end - start) / size));
  for (let offset = start; left > 0;) {
    const block = await reader.view(offset, Math.min(left, ENTRIES) * size);
    const count = Math.floor(block.byteLength / size);
    if (count === 0) return;
    for (let i = 0; i < count; i++) yield new DataView(block.buffer, block.byteOffset + i * size, size);
    offset += count * size;
    left -= count;
  }
}

/** Which frames an edit leaves. */
function cut(frames: number, sampleRate: number, edit: Edit | undefined): { first: number; count: number } {
  const first = Math.min(frames, Math.round((edit?.start ?? 0) * sampleRate));
  const count = Math.min(frames - first, Math.round((edit?.duration ?? Infinity) * sampleRate));
  return { first, count };
}

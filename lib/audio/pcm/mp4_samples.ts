/**
 * QuickTime and MP4 files whose samples are stored as numbers: where they lie, in chunks between the pictures of a film.
 * After ISO/IEC 14496-12, section 8.7.
 */
import type { AudioInput } from "../input/audio_input.ts";
import { joinedParts, PartList } from "../input/joined_parts.ts";
import { type Box, BoxReader } from "../wasm/mp4_boxes.ts";
import { type Edit, readEdit } from "../wasm/mp4_edits.ts";
import { readMp4Tracks } from "../wasm/mp4_tracks.ts";
import { SAMPLE_BYTES, type StoredSamples } from "../wav.ts";
import { readSoundDescription } from "./sound_description.ts";

/** Of a table, the fields before its entries. */
const TABLE_FIELDS = 8;
/** Entries of a table read at once. */
const ENTRIES = 4096;

/** Samples, and the input that they are in, which disposes the one that was given. */
export interface Mp4Samples {
  readonly samples: StoredSamples;
  readonly sound: AudioInput;
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
  const track = wanted ?? (await readMp4Tracks(read, input.size))?.default ?? 0;
  const reader = new BoxReader(read);
  const table = await findSampleTable(reader, input.size, track);
  const entry = table && await onlyEntry(reader, table);
  const description = entry && await readSoundDescription(reader, entry);
  if (!description) return undefined;
  const frameSize = description.channels * SAMPLE_BYTES[description.encoding];
  const found = await readChunks(reader, table!, frameSize, input.size);
  if (found === undefined) return undefined;
  const frames = cut(found.frames, description.sampleRate, await readEdit(read, input.size, track));
  const frameCount = Math.max(
    0,
    Math.min(frames.count, Math.floor(found.parts.size / frameSize) - frames.first),
  );
  if (frameCount === 0) return undefined;
  const samples = {
    ...description,
    frameSize,
    dataOffset: frames.first * frameSize,
    frameCount,
    ...(frames.count > frameCount && { missingFrames: frames.count - frameCount }),
  };
  return { samples, sound: joinedParts(input, found.parts) };
}

async function findSampleTable(reader: BoxReader, size: number, track: number): Promise<Box | undefined> {
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  if (moov === undefined) return undefined;
  let count = 0;
  for await (const trak of reader.children(moov)) {
    if (trak.type !== "trak" || !await reader.isAudio(trak) || count++ < track) continue;
    return await reader.find(trak, "mdia", "minf", "stbl");
  }
}

/** The description of a track that has but one. */
async function onlyEntry(reader: BoxReader, table: Box): Promise<Box | undefined> {
  const descriptions = await reader.find(table, "stsd");
  if (descriptions === undefined) return undefined;
  const entries: Box[] = [];
  for await (
    const entry of reader.children({ ...descriptions, start: descriptions.start + TABLE_FIELDS })
  ) entries.push(entry);
  return entries.length === 1 ? entries[0] : undefined;
}

/**
 * Finds the chunks of a track.
 *
 * @returns Those that are there, and the frames of all that should be; nothing where there are none, or where they lead to
 * more bytes than the file has.
 */
async function readChunks(
  reader: BoxReader,
  table: Box,
  frameSize: number,
  fileSize: number,
): Promise<{ readonly parts: PartList; readonly frames: number } | undefined> {
  const short = await reader.find(table, "stco");
  const offsets = short ?? await reader.find(table, "co64");
  const runTable = await reader.find(table, "stsc");
  if (offsets === undefined || runTable === undefined) return undefined;
  const runs = chunkRuns(reader, runTable);
  let run = (await runs.next()).value, next = (await runs.next()).value;
  const parts = new PartList();
  let frames = 0, number = 0, isWhole = true;
  for await (const view of entries(reader, offsets, short ? 4 : 8)) {
    const offset = short ? view.getUint32(0) : Number(view.getBigUint64(0));
    while (next && number >= next.first) {
      run = next;
      next = (await runs.next()).value;
    }
    number++;
    const length = (run?.samples ?? 0) * frameSize;
    frames += run?.samples ?? 0;
    // What follows a part that was cut off would be heard out of its place.
    if (isWhole) parts.add(offset, Math.max(0, Math.min(length, fileSize - offset)));
    isWhole &&= offset + length <= fileSize;
    if (parts.size > fileSize) return undefined;
  }
  return { parts, frames };
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

/**
 * Opus in an MP4: what its header box says is what an Ogg file says in its own header, with every number the other way
 * round, and the decoders read it as that. After "Encapsulation of Opus in ISO Base Media File Format", section 4.3.2,
 * and RFC 7845, section 5.1.
 */
import type { ReadAt } from "../input/audio_input.ts";
import { type Box, BoxReader } from "./mp4_boxes.ts";
import type { ReadableInput } from "./compressed_recording.ts";
import { type Patch, withPatches } from "./patched_input.ts";

/** Of a sample entry, the fields before its boxes. */
const ENTRY_FIELDS = 28;
/** Of a table of entries, the fields before the first. */
const TABLE_FIELDS = 8;
/** Where numbers stand in the header box: what to skip, and the gain. */
const PRE_SKIP = 2, GAIN = 8;

/**
 * Gives a file whose Opus headers are as the decoders read them, or the file itself. What is to be skipped at the
 * beginning is left to the edit list, which says it too.
 */
export async function withOpusHeaders(
  source: ReadableInput,
  read: ReadAt,
): Promise<ReadableInput> {
  const patches: Patch[] = [];
  const reader = new BoxReader(read);
  for await (const box of opusHeaders(reader, source.size)) {
    const gain = await reader.view(box.start + GAIN, 2);
    patches.push({ offset: box.start + PRE_SKIP, bytes: new Uint8Array(2) });
    patches.push({ offset: box.start + GAIN, bytes: Uint8Array.of(gain.getUint8(1), gain.getUint8(0)) });
  }
  return withPatches(source, patches);
}

/** The header box of every Opus track. */
async function* opusHeaders(reader: BoxReader, size: number): AsyncGenerator<Box> {
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  if (moov === undefined) return;
  for await (const trak of reader.children(moov)) {
    const table = trak.type === "trak" && await reader.find(trak, "mdia", "minf", "stbl", "stsd");
    if (!table) continue;
    for await (const entry of reader.children({ ...table, start: table.start + TABLE_FIELDS })) {
      if (entry.type !== "Opus") continue;
      const header = await reader.find({ ...entry, start: entry.start + ENTRY_FIELDS }, "dOps");
      if (header !== undefined && header.end - header.start >= GAIN + 2) yield header;
    }
  }
}

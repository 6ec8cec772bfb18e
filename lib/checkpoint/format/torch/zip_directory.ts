/**
 * The end records and the central directory of a zip: APPNOTE sections 4.3.12 to 4.3.16. Every field that
 * says something twice must say the same; anything a checkpoint never has (disks, compression, encryption,
 * odd names) is refused.
 */
import { viewOf } from "../../../bytes/data_view.ts";
import { MAX_DIRECTORY_BYTES, MAX_ENTRIES } from "../limits.ts";
import { quote, refuse } from "../refuse.ts";
import type { ReadAt } from "../../types.ts";

/** An entry as the central directory has it. */
export interface DirectoryEntry {
  readonly name: string;
  /** The name as it stands in the file, for comparing it with the local header. */
  readonly nameBytes: Uint8Array;
  /** General purpose flags. */
  readonly flags: number;
  /** CRC-32 of the payload. */
  readonly crc32: number;
  /** Bytes of the payload, which is stored as it is. */
  readonly size: number;
  /** Byte of the local header. */
  readonly headerOffset: number;
}

/** A central directory. */
export interface Directory {
  /** The entries, in the order of their local headers. */
  readonly entries: readonly DirectoryEntry[];
  /** Byte at which the central directory starts. */
  readonly offset: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_SIGNATURE = 0x07064b50;
const LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const ZIP64_EXTRA_ID = 1;
const MAX_TAIL_BYTES = ZIP64_END_BYTES + LOCATOR_BYTES + END_BYTES + 0xffff;
const FLAGS_OF_ENCRYPTION = 0x2041;

/** Where the central directory is. */
interface Location {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
}

/**
 * Reads the central directory of a zip of `size` bytes.
 *
 * @throws {CheckpointFormatError} when it is damaged, ambiguous or of a kind `torch.save` never writes.
 */
export async function readDirectory(read: ReadAt, size: number): Promise<Directory> {
  const tailBytes = Math.min(size, MAX_TAIL_BYTES);
  const tailOffset = size - tailBytes;
  const tail = viewOf(await read(tailOffset, tailBytes));
  const { count, bytes, offset } = locateDirectory(tail, tailOffset);
  const directory = offset >= tailOffset
    ? new DataView(tail.buffer, tail.byteOffset + offset - tailOffset, bytes)
    : viewOf(await read(offset, bytes));
  return { entries: parseEntries(directory, count, offset), offset };
}

function locateDirectory(tail: DataView, tailOffset: number): Location {
  const end = findEndRecord(tail, tailOffset);
  const at = tailOffset + end;
  if (tail.getUint16(end + 4, true) !== 0 || tail.getUint16(end + 6, true) !== 0) {
    refuse("the zip says that it is one of several disks", at);
  }
  if (tail.getUint16(end + 8, true) !== tail.getUint16(end + 10, true)) {
    refuse("the zip's end record has two counts of entries that differ", at + 8);
  }
  const narrow = {
    count: tail.getUint16(end + 10, true),
    bytes: tail.getUint32(end + 12, true),
    offset: tail.getUint32(end + 16, true),
  };
  const locator = end - LOCATOR_BYTES;
  const hasZip64 = locator >= 0 && tail.getUint32(locator, true) === LOCATOR_SIGNATURE;
  const location = hasZip64 ? widen(narrow, tail, locator, tailOffset) : narrow;
  const directoryEnd = hasZip64 ? tailOffset + locator - ZIP64_END_BYTES : at;
  if (location.count === 0) refuse("the zip has no entries", at + 10);
  if (location.count > MAX_ENTRIES) {
    refuse(`the zip says that it has ${location.count} entries, the limit is ${MAX_ENTRIES}`, at + 10);
  }
  if (location.bytes > MAX_DIRECTORY_BYTES) {
    refuse(`the zip's directory has ${location.bytes} bytes, the limit is ${MAX_DIRECTORY_BYTES}`, at + 12);
  }
  if (location.offset + location.bytes !== directoryEnd) {
    refuse(
      `the zip's directory is said to be ${location.bytes} bytes at ${location.offset}, but must end at ` +
        `${directoryEnd}, where the end records start`,
      at + 12,
    );
  }
  return location;
}

/** Finds the last end record in the tail: it and its comment must end with the file. */
function findEndRecord(tail: DataView, tailOffset: number): number {
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    const commentEnd = at + END_BYTES + tail.getUint16(at + 20, true);
    if (commentEnd === tail.byteLength) return at;
    refuse(
      `the zip's end record says that the file has ${tailOffset + commentEnd} bytes, but it has ${
        tailOffset + tail.byteLength
      }`,
      tailOffset + at,
    );
  }
  return refuse(
    "the zip has no end record: the file is cut short, get it again",
    tailOffset + tail.byteLength,
  );
}

/** Takes the zip64 end record's values, which must be those of the end record where that has any. */
function widen(narrow: Location, tail: DataView, locator: number, tailOffset: number): Location {
  const at = tailOffset + locator - ZIP64_END_BYTES;
  if (tail.getUint32(locator + 4, true) !== 0 || tail.getUint32(locator + 16, true) !== 1) {
    refuse("the zip64 locator says that the zip has several disks", tailOffset + locator);
  }
  const said = safeUint64(tail, locator + 8, tailOffset, "the zip64 locator's offset");
  const record = locator - ZIP64_END_BYTES;
  if (said !== at || record < 0 || tail.getUint32(record, true) !== ZIP64_END_SIGNATURE) {
    refuse(
      `the zip64 locator points at ${said}, where no zip64 end record precedes it`,
      tailOffset + locator + 8,
    );
  }
  if (tail.getBigUint64(record + 4, true) !== BigInt(ZIP64_END_BYTES - 12)) {
    refuse(`the zip64 end record has a length other than ${ZIP64_END_BYTES - 12}`, at + 4);
  }
  if (tail.getUint32(record + 16, true) !== 0 || tail.getUint32(record + 20, true) !== 0) {
    refuse("the zip64 end record says that the zip has several disks", at + 16);
  }
  if (tail.getBigUint64(record + 24, true) !== tail.getBigUint64(record + 32, true)) {
    refuse("the zip64 end record has two counts of entries that differ", at + 24);
  }
  const pick = (field: keyof Location, offset: number, saturated: number): number => {
    const wide = safeUint64(tail, record + offset, tailOffset, `the zip64 end record's ${field}`);
    if (narrow[field] === wide || narrow[field] === saturated) return wide;
    return refuse(
      `the zip64 end record's ${field} is ${wide}, that of the end record ${narrow[field]}`,
      at + offset,
    );
  };
  return {
    count: pick("count", 32, 0xffff),
    bytes: pick("bytes", 40, 0xffffffff),
    offset: pick("offset", 48, 0xffffffff),
  };
}

function safeUint64(view: DataView, at: number, base: number, what: string): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) refuse(`${what} is ${value}, far beyond any file`, base + at);
  return Number(value);
}

function parseEntries(view: DataView, count: number, base: number): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      refuse(`the zip's directory holds ${i} entries, the end record counts ${count}`, base + at);
    }
    const end = at + ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
    if (end > view.byteLength) refuse("a zip entry runs past the end of the directory", base + at);
    const entry = parseEntry(view, at, base);
    if (names.has(entry.name)) refuse(`the zip has two entries named ${quote(entry.name)}`, base + at);
    names.add(entry.name);
    entries.push(entry);
    at = end;
  }
  if (at !== view.byteLength) {
    refuse(`the zip's directory has ${view.byteLength - at} bytes after its ${count} entries`, base + at);
  }
  return entries.sort((a, b) => a.headerOffset - b.headerOffset);
}

function parseEntry(view: DataView, at: number, base: number): DirectoryEntry {
  const nameLength = view.getUint16(at + 28, true);
  const nameBytes = new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameLength);
  const name = decodeName(nameBytes, base + at + ENTRY_BYTES);
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if (flags & FLAGS_OF_ENCRYPTION) refuse(`the zip entry ${quote(name)} is encrypted`, base + at + 8);
  if (method !== 0) {
    refuse(
      `the zip entry ${quote(name)} is compressed (method ${method}), checkpoints are stored as they are`,
      base + at + 10,
    );
  }
  if (view.getUint16(at + 34, true) !== 0) {
    refuse(`the zip entry ${quote(name)} is on another disk`, base + at + 34);
  }
  const extraLength = view.getUint16(at + 30, true);
  const extra = new DataView(view.buffer, view.byteOffset + at + ENTRY_BYTES + nameLength, extraLength);
  const [size, compressedSize, headerOffset] = widenEntry(
    [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
    extra,
    name,
    base + at + ENTRY_BYTES + nameLength,
  );
  if (size !== compressedSize) {
    refuse(
      `the zip entry ${quote(name)} is stored, but its two sizes are ${compressedSize} and ${size}`,
      base + at + 20,
    );
  }
  return { name, nameBytes, flags, crc32: view.getUint32(at + 16, true), size, headerOffset };
}

/** Replaces saturated fields by those of the zip64 extra field, which holds these and no others. */
function widenEntry(fields: number[], extra: DataView, name: string, base: number): number[] {
  const wide: number[] = [];
  for (let at = 0; at < extra.byteLength;) {
    const length = at + 4 <= extra.byteLength ? extra.getUint16(at + 2, true) : Infinity;
    const end = at + 4 + length;
    if (end > extra.byteLength) {
      refuse(`an extra field of the zip entry ${quote(name)} is cut short`, base + at);
    }
    if (extra.getUint16(at, true) === ZIP64_EXTRA_ID) {
      if (wide.length > 0 || length % 8 !== 0) {
        refuse(`the zip entry ${quote(name)} has a zip64 field that is no row of 64-bit numbers`, base + at);
      }
      for (let i = at + 4; i < end; i += 8) {
        wide.push(safeUint64(extra, i, base, `a zip64 field of ${quote(name)}`));
      }
    }
    at = end;
  }
  const saturated = fields.filter((field) => field === 0xffffffff).length;
  if (wide.length !== saturated) {
    refuse(
      `the zip entry ${
        quote(name)
      } has ${saturated} fields that point to a zip64 field, which has ${wide.length}`,
      base,
    );
  }
  let next = 0;
  return fields.map((field) => field === 0xffffffff ? wide[next++] : field);
}

function decodeName(bytes: Uint8Array, at: number): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("a zip entry's name is not UTF-8", at);
  }
  const isPlain = name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain || name.includes("\\") || name.includes("\0")) {
    refuse(`the zip entry ${quote(name)} does not have the name of a plain file`, at);
  }
  return name;
}

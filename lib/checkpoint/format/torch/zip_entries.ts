/**
 * A reader for zips as `torch.save` writes them: stored entries, one behind the other from the first byte to
 * the central directory. Local headers and data descriptors (APPNOTE 4.3.7 and 4.3.9) must say what the
 * directory says. Payloads are not read.
 */
import { viewOf } from "../../../bytes/data_view.ts";
import { crc32 } from "node:zlib";
import { hex32, quote, refuse } from "../refuse.ts";
import type { ReadAt } from "../../types.ts";
import { readWindows } from "./windows.ts";
import { type DirectoryEntry, readDirectory } from "./zip_directory.ts";

/** An entry of a zip, stored as it is. */
export interface ZipEntry {
  readonly name: string;
  /** Byte of the file at which its payload starts. */
  readonly offset: number;
  /** Bytes of its payload. */
  readonly size: number;
  /** CRC-32 of its payload, if the zip was written with any. */
  readonly crc32?: number;
}

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
/** A descriptor has a signature or none, and sizes of 32 or of 64 bits. */
const DESCRIPTOR_LENGTHS = [12, 16, 20, 24];
const MAX_DESCRIPTOR_BYTES = 24;
const FLAG_DESCRIPTOR = 8;

/**
 * Reads what a zip of `size` bytes holds, in the order in which it holds it.
 *
 * @throws {CheckpointFormatError} when the zip is damaged, contradicts itself, or has bytes in no entry or in two.
 */
export async function readZip(read: ReadAt, size: number): Promise<ZipEntry[]> {
  const directory = await readDirectory(read, size);
  const { entries } = directory;
  if (entries[0].headerOffset !== 0) {
    refuse(`the zip's first entry starts at ${entries[0].headerOffset}, not where the file starts`, 0);
  }
  for (const entry of entries) {
    if (entry.headerOffset + headerBytes(entry) <= directory.offset) continue;
    refuse(
      `the zip entry ${quote(entry.name)} is said to start at ${entry.headerOffset}, but entries end at ` +
        `${directory.offset}`,
      entry.headerOffset,
    );
  }
  // Of each entry its local header, and before it the end of the entry before.
  const windows = await readWindows(
    read,
    entries.map((entry) => ({
      start: Math.max(0, entry.headerOffset - MAX_DESCRIPTOR_BYTES),
      end: entry.headerOffset + headerBytes(entry),
    })),
  );
  const lastDescriptor = await read(
    Math.max(0, directory.offset - MAX_DESCRIPTOR_BYTES),
    Math.min(directory.offset, MAX_DESCRIPTOR_BYTES),
  );
  // PyTorch can be told not to compute checksums: then every one is 0.
  const hasChecksums = entries.some((entry) => entry.crc32 !== 0);
  return entries.map((entry, i) => {
    const header = windows[i].subarray(windows[i].length - headerBytes(entry));
    const offset = checkLocalHeader(entry, viewOf(header));
    const next = entries[i + 1]?.headerOffset ?? directory.offset;
    const before = i + 1 < entries.length ? windows[i + 1] : lastDescriptor;
    const beforeBytes = Math.min(next, MAX_DESCRIPTOR_BYTES);
    checkEnd(entry, offset + entry.size, next, before.subarray(0, beforeBytes));
    return { name: entry.name, offset, size: entry.size, crc32: hasChecksums ? entry.crc32 : undefined };
  });
}

/**
 * Reads the payload of a small entry.
 *
 * @throws {CheckpointFormatError} when it has more than `maxBytes` bytes or its CRC-32 is wrong.
 */
export async function readEntry(
  read: ReadAt,
  entry: ZipEntry,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.size > maxBytes) {
    refuse(`${quote(entry.name)} has ${entry.size} bytes, the limit is ${maxBytes}`, entry.offset);
  }
  const bytes = await read(entry.offset, entry.size);
  const actual = crc32(bytes);
  if (entry.crc32 !== undefined && actual !== entry.crc32) {
    refuse(
      `${quote(entry.name)} is damaged: its CRC-32 is ${hex32(actual)}, it must be ${hex32(entry.crc32)}`,
      entry.offset,
    );
  }
  return bytes;
}

function headerBytes(entry: DirectoryEntry): number {
  return LOCAL_BYTES + entry.nameBytes.length;
}

/** Compares a local header with the directory and gives the byte at which the payload starts. */
function checkLocalHeader(entry: DirectoryEntry, header: DataView): number {
  const at = entry.headerOffset;
  const name = quote(entry.name);
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    refuse(`the zip entry ${name} has no local header where the directory says`, at);
  }
  const nameLength = header.getUint16(26, true);
  const sameName = nameLength === entry.nameBytes.length &&
    entry.nameBytes.every((byte, i) => byte === header.getUint8(LOCAL_BYTES + i));
  if (!sameName) refuse(`the local header of the zip entry ${name} has another name`, at + LOCAL_BYTES);
  if (header.getUint16(6, true) !== entry.flags) {
    refuse(`the local header of the zip entry ${name} has other flags than the directory`, at + 6);
  }
  if (header.getUint16(8, true) !== 0) {
    refuse(
      `the local header of the zip entry ${name} says that it is compressed, the directory does not`,
      at + 8,
    );
  }
  const said = [14, 18, 22].map((field) => header.getUint32(field, true));
  const blank = (entry.flags & FLAG_DESCRIPTOR) !== 0 && said.every((value) => value === 0);
  const isSize = (value: number): boolean => value === entry.size || value === 0xffffffff;
  if (!blank && (said[0] !== entry.crc32 || !isSize(said[1]) || !isSize(said[2]))) {
    refuse(
      `the local header of the zip entry ${name} has another size or CRC-32 than the directory`,
      at + 14,
    );
  }
  return at + LOCAL_BYTES + nameLength + header.getUint16(28, true);
}

/** Checks that an entry's payload and data descriptor end where the next entry starts. */
function checkEnd(entry: DirectoryEntry, payloadEnd: number, next: number, before: Uint8Array): void {
  const gap = next - payloadEnd;
  const name = quote(entry.name);
  if (gap < 0) {
    refuse(`the zip entry ${name} ends at ${payloadEnd}, inside what starts at ${next}`, entry.headerOffset);
  }
  const hasDescriptor = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  if (hasDescriptor ? !DESCRIPTOR_LENGTHS.includes(gap) : gap > 0) {
    refuse(
      `${gap} bytes between the zip entry ${name} and what starts at ${next} belong to neither`,
      payloadEnd,
    );
  }
  if (!hasDescriptor) return;
  const descriptor = viewOf(before.subarray(before.length - gap));
  const start = gap === 16 || gap === 24 ? 4 : 0;
  const sizes = gap < 20
    ? [descriptor.getUint32(start + 4, true), descriptor.getUint32(start + 8, true)]
    : [descriptor.getBigUint64(start + 4, true), descriptor.getBigUint64(start + 12, true)];
  if (
    (start === 4 && descriptor.getUint32(0, true) !== DESCRIPTOR_SIGNATURE) ||
    descriptor.getUint32(start, true) !== entry.crc32 ||
    sizes.some((value) => Number(value) !== entry.size)
  ) {
    refuse(
      `the data descriptor of the zip entry ${name} has another size or CRC-32 than the directory`,
      payloadEnd,
    );
  }
}

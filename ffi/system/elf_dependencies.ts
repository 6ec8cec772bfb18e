/** What a shared library of Linux asks its loader for: the dynamic section of an ELF file. */

/** What a library needs. */
export interface LibraryDependencies {
  /** Names of libraries, in the order in which they are loaded. */
  readonly needed: readonly string[];
  /** Folders where it looks first, `$ORIGIN` being its own. */
  readonly folders: readonly string[];
}

/** Reads bytes of a file; fewer where it ends. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

/** Segments, by their type. */
const PT_LOAD = 1, PT_DYNAMIC = 2;

/** Entries of the dynamic section, by their tag. */
const DT_NULL = 0, DT_NEEDED = 1, DT_STRTAB = 5, DT_STRSZ = 10, DT_RPATH = 15, DT_RUNPATH = 29;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Reads what a 64-bit library needs.
 *
 * @returns Nothing if it is no such file, or damaged.
 */
export function elfDependencies(read: ReadBytes): LibraryDependencies | undefined {
  try {
    const header = viewOf(read(0, 64));
    if (header.getUint32(0) !== 0x7f454c46 || header.getUint8(4) !== 2) return undefined;
    const little = header.getUint8(5) === 1;
    const segments = segmentsOf(header, little, read);
    const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
    return dynamic && dependenciesOf(dynamic, segments, little, read);
  } catch (error) {
    // It ends before what it says it has.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function segmentsOf(header: DataView, little: boolean, read: ReadBytes): Segment[] {
  const size = header.getUint16(0x36, little), count = header.getUint16(0x38, little);
  const table = viewOf(read(Number(header.getBigUint64(0x20, little)), size * count));
  return Array.from({ length: count }, (_, i) => {
    const word = (at: number) => Number(table.getBigUint64(i * size + at, little));
    return {
      type: table.getUint32(i * size, little),
      offset: word(0x08),
      address: word(0x10),
      size: word(0x20),
    };
  });
}

function dependenciesOf(
  dynamic: Segment,
  segments: readonly Segment[],
  little: boolean,
  read: ReadBytes,
): LibraryDependencies | undefined {
  const entries = viewOf(read(dynamic.offset, dynamic.size));
  const values = new Map<number, number[]>();
  for (let at = 0; at + 16 <= entries.byteLength; at += 16) {
    const tag = Number(entries.getBigInt64(at, little));
    if (tag === DT_NULL) break;
    const value = Number(entries.getBigUint64(at + 8, little));
    values.set(tag, [...values.get(tag) ?? [], value]);
  }
  const [address] = values.get(DT_STRTAB) ?? [], [size] = values.get(DT_STRSZ) ?? [];
  if (address === undefined || size === undefined) return undefined;
  // Text has an address in memory; the segment that is loaded there says where that is in the file.
  const holder = segments.find((segment) =>
    segment.type === PT_LOAD && segment.address <= address && address < segment.address + segment.size
  );
  if (holder === undefined) return undefined;
  const strings = read(holder.offset + address - holder.address, size);
  const text = (at: number) => new TextDecoder().decode(strings.subarray(at, strings.indexOf(0, at)));
  // The older kind of path is not looked at where there is the newer.
  const paths = values.get(DT_RUNPATH) ?? values.get(DT_RPATH) ?? [];
  return {
    needed: (values.get(DT_NEEDED) ?? []).map(text),
    folders: paths.flatMap((at) => text(at).split(":")).filter((folder) => folder !== ""),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Whether a shared library is whole, told by its headers. Where an installation was cut off, the loader maps pages that
 * the file does not have, and the process dies of the first access.
 */

/**
 * How many bytes the file of a shared library must have at least, by its headers: ELF, Mach-O (also with several
 * architectures) or PE.
 *
 * @param header The first bytes of the file; 64 KB are more than headers take.
 * @returns Undefined when it is none of these formats; `Infinity` when not even the first header is whole.
 */
export function libraryFileSize(header: Uint8Array): number | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const parts = partsOf(view);
  if (parts === undefined) return undefined;
  let size: number | undefined;
  try {
    for (const end of parts) size = Math.max(size ?? 0, end);
  } catch (error) {
    // A table that lies further on, or is cut off: where it ends has been told before.
    if (!(error instanceof RangeError)) throw error;
  }
  return size ?? Infinity;
}

/** Gives where each part ends, tables before what they list. Throws `RangeError` where the header ends. */
function partsOf(view: DataView): Iterable<number> | undefined {
  if (view.byteLength < 4) return undefined;
  switch (view.getUint32(0)) {
    case 0x7f454c46: // "\x7fELF"
      return elfParts(view);
    case 0xcffaedfe:
      return machOParts(view);
    case 0xcafebabe:
      return universalParts(view);
  }
  return view.getUint16(0) === 0x4d5a ? peParts(view) : undefined; // "MZ"
}

/** `Elf64_Ehdr`: the tables of segments and of sections, and the segments. */
function* elfParts(view: DataView): Generator<number> {
  const little = view.getUint8(5) === 1;
  const u16 = (offset: number) => view.getUint16(offset, little);
  const u64 = (offset: number) => Number(view.getBigUint64(offset, little));
  const segments = { offset: u64(0x20), size: u16(0x36), count: u16(0x38) };
  const sections = { offset: u64(0x28), size: u16(0x3a), count: u16(0x3c) };
  for (const { offset, size, count } of [segments, sections]) yield offset + size * count;
  for (let i = 0; i < segments.count; i++) {
    const segment = segments.offset + i * segments.size;
    yield u64(segment + 0x08) + u64(segment + 0x20); // `p_offset`, `p_filesz`
  }
}

/** `mach_header_64`: the load commands, and the segments among them. */
function* machOParts(view: DataView): Generator<number> {
  const SEGMENT_64 = 0x19;
  const u32 = (offset: number) => view.getUint32(offset, true);
  const u64 = (offset: number) => Number(view.getBigUint64(offset, true));
  yield 32 + u32(20);
  for (let i = 0, command = 32; i < u32(16); i++, command += u32(command + 4)) {
    if (u32(command) === SEGMENT_64) yield u64(command + 40) + u64(command + 48); // `fileoff`, `filesize`
  }
}

/** `fat_header`: the architectures. */
function* universalParts(view: DataView): Generator<number> {
  const count = view.getUint32(4);
  yield 8 + 20 * count;
  for (let i = 0; i < count; i++) yield view.getUint32(16 + 20 * i) + view.getUint32(20 + 20 * i); // `offset`, `size`
}

/** `IMAGE_NT_HEADERS`: the sections. */
function* peParts(view: DataView): Generator<number> {
  const u32 = (offset: number) => view.getUint32(offset, true);
  const file = u32(0x3c) + 4;
  const count = view.getUint16(file + 2, true);
  const sections = file + 20 + view.getUint16(file + 16, true);
  yield sections + 40 * count;
  for (let i = 0; i < count; i++) {
    const section = sections + 40 * i;
    yield u32(section + 20) + u32(section + 16); // `PointerToRawData`, `SizeOfRawData`
  }
}

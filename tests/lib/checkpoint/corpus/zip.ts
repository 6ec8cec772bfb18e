/**
 * Builds zips as `torch.save` writes them, and says where everything in them is, so that a test can make one
 * field lie.
 */
import { crc32 } from "node:zlib";

/** A file to put into a zip. */
export interface ZipFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** How a zip is laid out. */
export interface ZipOptions {
  /** Whether there are zip64 end records, as there always are in files of `torch.save`. @default {true} */
  readonly zip64?: boolean;
  /** Whether counts and places stand only in the zip64 record. @default {false} */
  readonly saturated?: boolean;
  /** Bytes of the data descriptors; 0: sizes are in the local headers. @default {16} */
  readonly descriptor?: 0 | 12 | 16 | 20 | 24;
  /** Whether there are checksums, which PyTorch can be told to leave out. @default {true} */
  readonly checksums?: boolean;
  /** The archive's comment. @default {no bytes} */
  readonly comment?: Uint8Array;
  /** What stands before each local header but the first. @default {no bytes} */
  readonly gap?: Uint8Array;
  /** Extra field of each directory entry. @default {no bytes} */
  readonly extra?: Uint8Array;
}

/** Where the parts of an entry are. */
export interface ZipPlace {
  readonly header: number;
  readonly payload: number;
  readonly end: number;
  /** Its place in the central directory. */
  readonly central: number;
}

/** A zip and where its parts are. */
export interface BuiltZip {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly places: ReadonlyMap<string, ZipPlace>;
  readonly directory: number;
  /** The zip64 end record; its locator follows 56 bytes later. */
  readonly zip64: number;
  readonly end: number;
}

const ALIGNMENT = 64;
const encoder = new TextEncoder();

/** Little-endian fields: `[value, bytes]`. */
export function fields(...pairs: readonly (readonly [value: number | bigint, bytes: number])[]): number[] {
  const out: number[] = [];
  for (const [value, bytes] of pairs) {
    if (typeof value === "bigint") {
      for (let i = 0; i < bytes; i++) out.push(Number(value >> BigInt(8 * i) & 0xffn));
    } else {
      for (let i = 0, rest = value; i < bytes; i++, rest = Math.floor(rest / 256)) out.push(rest % 256);
    }
  }
  return out;
}

/** Builds a zip. */
export function buildZip(files: readonly ZipFile[], options: ZipOptions = {}): BuiltZip {
  const { zip64 = true, saturated = false, descriptor = 16, checksums = true } = options;
  const { comment = [], gap = [], extra = [] } = options;
  const out: number[] = [];
  const push = (bytes: ArrayLike<number>): void => {
    for (let i = 0; i < bytes.length; i++) out.push(bytes[i]);
  };
  const flags = descriptor > 0 ? 0x808 : 0x800;
  const placed = files.map(({ name, data }) => {
    if (out.length > 0) push(gap);
    const header = out.length;
    const nameBytes = encoder.encode(name);
    const crc = checksums ? crc32(data) : 0;
    const local = descriptor > 0 ? [0, 0, 0] : [crc, data.length, data.length];
    const padding = (ALIGNMENT - (header + 30 + nameBytes.length + 4) % ALIGNMENT) % ALIGNMENT;
    push(fields([0x04034b50, 4], [0, 2], [flags, 2], [0, 2], [0, 4], [local[0], 4], [local[1], 4]));
    push(fields([local[2], 4], [nameBytes.length, 2], [padding + 4, 2]));
    push(nameBytes);
    push([0x46, 0x42, ...fields([padding, 2]), ...new Array(padding).fill(0x5a)]);
    const payload = out.length;
    push(data);
    if (descriptor % 8 === 0 && descriptor > 0) push(fields([0x08074b50, 4]));
    const width = descriptor >= 20 ? 8 : 4;
    if (descriptor > 0) push(fields([crc, 4], [data.length, width], [data.length, width]));
    return { name, nameBytes, crc, header, payload, end: payload + data.length };
  });
  const directory = out.length;
  const places = new Map<string, ZipPlace>();
  for (const { name, nameBytes, crc, header, payload, end } of placed) {
    places.set(name, { header, payload, end, central: out.length });
    push(fields([0x02014b50, 4], [0, 2], [0, 2], [flags, 2], [0, 2], [0, 4], [crc, 4]));
    push(fields([end - payload, 4], [end - payload, 4], [nameBytes.length, 2], [extra.length, 2], [0, 2]));
    push(fields([0, 2], [0, 2], [0, 4], [header, 4]));
    push(nameBytes);
    push(extra);
  }
  const record = out.length;
  const said: [number, number, number] = [files.length, record - directory, directory];
  if (zip64) {
    push(fields([0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4]));
    push(fields([said[0], 8], [said[0], 8], [said[1], 8], [said[2], 8]));
    push(fields([0x07064b50, 4], [0, 4], [record, 8], [1, 4]));
  }
  const end = out.length;
  const [count, size, offset] = saturated ? [0xffff, 0xffffffff, 0xffffffff] : said;
  push(fields([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4]));
  push(fields([comment.length, 2]));
  push(comment);
  const bytes = Uint8Array.from(out);
  return { bytes, view: new DataView(bytes.buffer), places, directory, zip64: record, end };
}

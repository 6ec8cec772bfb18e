/**
 * Which part of a track of an MP4 is heard: its edit list leaves out what the encoder needed to begin and to end.
 * After ISO/IEC 14496-12, section 8.6.6.
 */

/** Reads `length` bytes at `offset`, fewer only at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** A part of a track, in seconds. */
export interface Edit {
  /** Where it begins. */
  readonly start: number;
  /** How long it is; nothing if it goes on to the end. */
  readonly duration?: number;
}

interface Box {
  readonly type: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** Boxes looked at: a film of many tracks has hundreds, a file that lies could have millions. */
const MAX_BOXES = 10_000;
/** Edits read of a track: real ones have one or two. */
const MAX_EDITS = 100;

/**
 * Gives the part of an audio track that is heard, or nothing if the file does not say, or says what is no single
 * part.
 *
 * @param track Counts the audio tracks from 0.
 */
export async function readEdit(read: ReadAt, size: number, track: number): Promise<Edit | undefined> {
  const reader = new BoxReader(read);
  const moov = await reader.find({ type: "", start: 0, end: size }, "moov");
  const mvhd = moov && await reader.find(moov, "mvhd");
  if (!moov || !mvhd) return undefined;
  const movieScale = await reader.timescale(mvhd);
  let count = 0;
  for await (const trak of reader.children(moov)) {
    if (trak.type !== "trak" || !await reader.isAudio(trak) || count++ < track) continue;
    const elst = await reader.find(trak, "edts", "elst");
    const mdhd = await reader.find(trak, "mdia", "mdhd");
    if (!elst || !mdhd) return undefined;
    const mediaScale = await reader.timescale(mdhd);
    if (!(movieScale > 0 && mediaScale > 0)) return undefined;
    return joined(await reader.edits(elst, movieScale, mediaScale));
  }
}

/** Several edits count if each begins where the one before ends. */
function joined(edits: readonly Edit[]): Edit | undefined {
  if (edits.length === 0) return undefined;
  let end = edits[0].start;
  for (const { start, duration } of edits) {
    if (Math.abs(start - end) > 0.01) return undefined;
    if (duration === undefined) return { start: edits[0].start };
    end = start + duration;
  }
  return { start: edits[0].start, duration: end - edits[0].start };
}

class BoxReader {
  readonly #read: ReadAt;
  #left = MAX_BOXES;

  constructor(read: ReadAt) {
    this.#read = read;
  }

  async *children({ start, end }: Box): AsyncGenerator<Box> {
    for (let offset = start; offset + 8 <= end && this.#left-- > 0;) {
      const view = await this.view(offset, 16);
      if (view.byteLength < 8) return;
      let size = view.getUint32(0), header = 8;
      if (size === 1 && view.byteLength === 16) {
        size = Number(view.getBigUint64(8));
        header = 16;
      } else if (size === 0) {
        size = end - offset;
      }
      if (size < header || offset + size > end) return;
      const type = String.fromCharCode(...[4, 5, 6, 7].map((at) => view.getUint8(at)));
      yield { type, start: offset + header, end: offset + size };
      offset += size;
    }
  }

  /** Goes down a path of boxes, the first of each name. */
  async find(box: Box, ...path: string[]): Promise<Box | undefined> {
    const [type, ...rest] = path;
    for await (const child of this.children(box)) {
      if (child.type === type) return rest.length === 0 ? child : await this.find(child, ...rest);
    }
  }

  async isAudio(trak: Box): Promise<boolean> {
    const hdlr = await this.find(trak, "mdia", "hdlr");
    return hdlr !== undefined && (await this.view(hdlr.start + 8, 4)).getUint32(0) === 0x736f756e; // "soun"
  }

  /** Reads the units a second of a `mvhd` or `mdhd` box; 0 if it is cut short. */
  async timescale({ start, end }: Box): Promise<number> {
    const view = await this.view(start, Math.min(24, end - start));
    const at = view.byteLength > 0 && view.getUint8(0) === 1 ? 20 : 12;
    return view.byteLength < at + 4 ? 0 : view.getUint32(at);
  }

  /** Reads the edits that hold media; empty ones only say when the track begins. */
  async edits({ start, end }: Box, movieScale: number, mediaScale: number): Promise<Edit[]> {
    const view = await this.view(start, Math.min(8 + MAX_EDITS * 20, end - start));
    const edits: Edit[] = [];
    if (view.byteLength < 8) return edits;
    const isLong = view.getUint8(0) === 1;
    const size = isLong ? 20 : 12;
    const count = Math.min(view.getUint32(4), Math.floor((view.byteLength - 8) / size));
    for (let i = 0, at = 8; i < count; i++, at += size) {
      const duration = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
      const mediaTime = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
      if (mediaTime < 0) continue;
      // A length of 0 is what fragmented files have: they are written before it is known.
      edits.push({ start: mediaTime / mediaScale, ...(duration > 0 && { duration: duration / movieScale }) });
    }
    return edits;
  }

  async view(offset: number, length: number): Promise<DataView> {
    const bytes = await this.#read(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** The boxes of an MP4, one in another. After ISO/IEC 14496-12, section 4.2. */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";

/** A box. */
export interface Box {
  /** Its four letters. */
  readonly type: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** Boxes looked at: a film of many tracks has hundreds, a file that lies could have millions. */
const MAX_BOXES = 10_000;

/** Finds boxes. One reader looks at no more than so many, whatever the file says. */
export class BoxReader {
  readonly #read: ReadAt;
  #left: number;

  /** @param most How many it looks at. */
  constructor(read: ReadAt, most = MAX_BOXES) {
    this.#read = read;
    this.#left = most;
  }

  /** Goes through the boxes in another, or at the top. */
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

  /** Goes through the audio tracks of a film. */
  async *audioTracks(moov: Box): AsyncGenerator<Box> {
    for await (const box of this.children(moov)) {
      if (box.type === "trak" && await this.#isAudio(box)) yield box;
    }
  }

  /** Finds one of them, counted from 0. */
  async audioTrack(moov: Box, number: number): Promise<Box | undefined> {
    let count = 0;
    for await (const track of this.audioTracks(moov)) {
      if (count++ === number) return track;
    }
  }

  async #isAudio(trak: Box): Promise<boolean> {
    const hdlr = await this.find(trak, "mdia", "hdlr");
    return hdlr !== undefined && (await this.view(hdlr.start + 8, 4)).getUint32(0) === 0x736f756e; // "soun"
  }

  /** Reads the units a second of a `mvhd` or `mdhd` box; 0 if it is cut short. */
  async timescale(box: Box): Promise<number> {
    return await this.#behindTimes(box);
  }

  /** Reads the number by which fragments name a track, of its `tkhd` box; 0 if it is cut short. */
  async trackId(box: Box): Promise<number> {
    return await this.#behindTimes(box);
  }

  /** Reads what stands behind the times when something was made and changed. */
  async #behindTimes({ start, end }: Box): Promise<number> {
    const view = await this.view(start, Math.min(24, end - start));
    const at = view.byteLength > 0 && view.getUint8(0) === 1 ? 20 : 12;
    return view.byteLength < at + 4 ? 0 : view.getUint32(at);
  }

  /** Reads bytes, fewer only at the end of the file. */
  async view(offset: number, length: number): Promise<DataView> {
    const bytes = await this.#read(offset, length);
    return viewOf(bytes);
  }
}

/** Whether a file has the box that says where its sound is. */
export async function hasIndex(read: ReadAt, size: number): Promise<boolean> {
  return await new BoxReader(read).find({ type: "", start: 0, end: size }, "moov") !== undefined;
}

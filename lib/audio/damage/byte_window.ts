/** A file as far as it is looked at: a piece of it. */
import type { ReadAt } from "../input/audio_input.ts";

/** Bytes read at once, if nothing else is said; no more can be looked at together. */
const PIECE = 1 << 17;

/** Looks at a file from its beginning to its end, and reads each byte twice at most. */
export class ByteWindow {
  readonly #read: ReadAt;
  readonly #piece: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #offset = 0;
  /** Whether the file ends in the piece. */
  #isLast = false;

  /** @param piece Bytes read at once. */
  constructor(read: ReadAt, piece = PIECE) {
    this.#read = read;
    this.#piece = piece;
  }

  /** Gives up to a piece, fewer than asked for only at the end; the next call may overwrite them. */
  async at(offset: number, length: number): Promise<Uint8Array> {
    let start = offset - this.#offset;
    const isThere = start + length <= this.#bytes.length || this.#isLast;
    if (start < 0 || !isThere) {
      this.#offset = offset;
      this.#bytes = (await this.#read(offset, this.#piece)).slice();
      this.#isLast = this.#bytes.length < this.#piece;
      start = 0;
    }
    return this.#bytes.subarray(start, start + length);
  }

  /** Finds where a pattern begins, at `from` or behind it; -1 if it does not before `end`. */
  async find(pattern: readonly number[], from: number, end: number): Promise<number> {
    for (let offset = from; offset < end;) {
      // What is left of the piece, or the next one.
      const left = this.#offset + this.#bytes.length - offset;
      const within = offset >= this.#offset && left >= pattern.length;
      const bytes = await this.at(offset, within ? left : this.#piece);
      if (bytes.length < pattern.length) return -1;
      for (let at = bytes.indexOf(pattern[0]); at >= 0; at = bytes.indexOf(pattern[0], at + 1)) {
        if (pattern.every((byte, i) => bytes[at + i] === byte)) return offset + at < end ? offset + at : -1;
      }
      offset += bytes.length - pattern.length + 1;
    }
    return -1;
  }
}

/**
 * The CRC-32 of each entry of a checkpoint's zip, compared as the file's bytes go by. The readers look at the
 * pickle's alone: the weights are read by ONNX Runtime, which knows nothing of the zip.
 */
import { crc32 } from "node:zlib";
import { hex32, quote } from "./format/refuse.ts";
import type { Payload, TensorEntry } from "./types.ts";

/** What is known of a file whose bytes go by. */
export interface ChecksummedFile {
  readonly path: string;
  readonly size: number;
  /** Its parts that have a checksum, in the order of the file. */
  readonly payloads: readonly Payload[];
}

/** Follows the bytes of a file and compares the checksums of its parts. */
export class PayloadChecksums {
  readonly #file: ChecksummedFile;
  readonly #damaged: { readonly payload: Payload; readonly found: number }[] = [];
  #at = 0;
  #next = 0;
  #crc = 0;

  constructor(file: ChecksummedFile) {
    this.#file = file;
  }

  /** Takes the bytes that follow those before. */
  update(bytes: Uint8Array): void {
    const start = this.#at;
    const end = this.#at += bytes.length;
    const { payloads } = this.#file;
    for (; this.#next < payloads.length; this.#next++) {
      const payload = payloads[this.#next];
      const payloadEnd = payload.offset + payload.size;
      if (payload.offset < end) {
        const part = bytes.subarray(Math.max(0, payload.offset - start), Math.max(0, payloadEnd - start));
        this.#crc = crc32(part, this.#crc);
      }
      if (payloadEnd > end) return;
      if (this.#crc !== payload.crc32) this.#damaged.push({ payload, found: this.#crc });
      this.#crc = 0;
    }
  }

  /**
   * Says what is damaged among the bytes that went by, if something is.
   *
   * @param tensors The tensors of the checkpoint that are in this file, by name.
   */
  damage(tensors: Iterable<readonly [string, TensorEntry]>): string | undefined {
    if (this.#damaged.length === 0) return undefined;
    const [{ payload, found }] = this.#damaged;
    const { name, offset, size, crc32: wanted } = payload;
    const inside = [...tensors].find(([, tensor]) =>
      tensor.offset >= offset && tensor.offset < offset + size
    );
    const what = inside === undefined ? quote(name) : `${quote(name)} (${inside[0]})`;
    const more = this.#damaged.length > 1 ? `, and ${this.#damaged.length - 1} more are wrong` : "";
    return `${this.#file.path} is damaged: the CRC-32 of ${what} is ${hex32(found)}, it must be ${
      hex32(wanted)
    }` +
      `${more}; get the file again`;
  }
}

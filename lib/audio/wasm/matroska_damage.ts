/**
 * Damage between the blocks of a Matroska file: where an element is none, the decoder is at its end. What lies between
 * that and the next cluster is made one element that says nothing, as if it had never been there. After RFC 8794,
 * sections 6 and 11.3.3, and RFC 9559, section 5.1.3.
 */
import type { ReadAt } from "../input/audio_input.ts";
import { ByteWindow } from "../damage/byte_window.ts";
import { CLUSTER, EBML, type EbmlHead, ebmlHeadAt, SEGMENT } from "./ebml.ts";
import type { Patch } from "./patched_input.ts";

const CLUSTER_ID = [0x1f, 0x43, 0xb6, 0x75];
const VOID = 0xec;
/** What may be anywhere: nothing, and a checksum. */
const GLOBALS = [VOID, 0xbf];
/** Of a segment: its index of indices, facts, tracks, clusters, index, tags, attachments and chapters. */
const SEGMENT_CHILDREN = new Set(
  [...GLOBALS, 0x114d9b74, 0x1549a966, 0x1654ae6b, CLUSTER, 0x1c53bb6b, 0x1254c367, 0x1941a469, 0x1043a770],
);
/** Of a cluster: its time, silent tracks, position, the size of the one before, and blocks of three kinds. */
const CLUSTER_CHILDREN = new Set([...GLOBALS, 0xe7, 0x5854, 0xa7, 0xab, 0xa3, 0xa0, 0xaf]);
/** What a cluster begins with. */
const CLUSTER_BEGINNINGS = new Set([...GLOBALS, 0xe7, 0xa7, 0xab]);

/** Bytes read at once. */
const PIECE = 1 << 16;
/** Stretches that are made good; a file with more is none any more. */
const MAX_STRETCHES = 1000;

/** What makes a file whole again. */
export interface MendedMatroska {
  readonly patches: readonly Patch[];
  /** The bytes that are passed over. */
  readonly lost: number;
}

/** Looks for damage in the structure of a file. */
export async function mendMatroska(read: ReadAt, size: number): Promise<MendedMatroska> {
  return await new Walk(new ByteWindow(read, PIECE), size).run();
}

class Walk {
  readonly #window: ByteWindow;
  readonly #size: number;
  readonly #patches: Patch[] = [];
  #lost = 0;

  constructor(window: ByteWindow, size: number) {
    this.#window = window;
    this.#size = size;
  }

  async run(): Promise<MendedMatroska> {
    const ebml = await this.#headAt(0);
    const segment = ebml?.id === EBML ? await this.#headAt(ebml.end) : undefined;
    if (segment?.id === SEGMENT) await this.#walk(segment);
    return { patches: this.#patches, lost: this.#lost };
  }

  async #walk(segment: EbmlHead): Promise<void> {
    let cluster: EbmlHead | undefined;
    for (let offset = segment.start; offset < Math.min(segment.end, this.#size);) {
      if (cluster !== undefined && offset >= cluster.end) cluster = undefined;
      const parent: EbmlHead = cluster ?? segment;
      const head = await this.#headAt(offset);
      // A cluster of unknown length ends where something begins that is in none.
      if (
        head && cluster?.end === Infinity && SEGMENT_CHILDREN.has(head.id) && !CLUSTER_CHILDREN.has(head.id)
      ) {
        cluster = undefined;
        continue;
      }
      if (head && await this.#isChild(head, parent, cluster ? CLUSTER_CHILDREN : SEGMENT_CHILDREN)) {
        if (head.id === CLUSTER) cluster = head;
        offset = head.id === CLUSTER ? head.start : head.end;
        continue;
      }
      // One that is none in its segment is damage itself.
      const next = await this.#nextCluster(cluster ? offset : offset + 2);
      if (next === undefined || this.#patches.length > 2 * MAX_STRETCHES) return;
      this.#passOver(offset, next, cluster);
      cluster = undefined;
      offset = next;
    }
  }

  #headAt(offset: number): Promise<EbmlHead | undefined> {
    return ebmlHeadAt((at, length) => this.#window.at(at, length), offset);
  }

  /** Whether an element may be where it is; of one that is not known the next one tells. */
  async #isChild(head: EbmlHead, parent: EbmlHead, children: ReadonlySet<number>): Promise<boolean> {
    if (head.end === Infinity) return head.id === CLUSTER && children.has(CLUSTER);
    if (head.end > parent.end) return false;
    if (children.has(head.id) || head.end === parent.end) return true;
    const next = await this.#headAt(head.end);
    return next !== undefined && (children.has(next.id) || SEGMENT_CHILDREN.has(next.id));
  }

  /** Finds where the next cluster begins, at `offset` or behind it. */
  async #nextCluster(offset: number): Promise<number | undefined> {
    for (let at = offset; (at = await this.#window.find(CLUSTER_ID, at, this.#size)) >= 0; at++) {
      // An empty element has two bytes at least.
      if (at === offset + 1) continue;
      const head = await this.#headAt(at);
      const first = head && await this.#headAt(head.start);
      if (first && CLUSTER_BEGINNINGS.has(first.id)) return at;
    }
  }

  /** Makes a stretch empty: what of it is in a cluster in that, and the rest behind it. */
  #passOver(from: number, to: number, cluster: EbmlHead | undefined): void {
    this.#lost += to - from;
    if (cluster === undefined || cluster.end === Infinity) return this.#empty(from, to);
    // A cluster that goes on into the next one has a wrong length.
    const end = Math.min(cluster.end, to);
    const isTooShort = to - end === 1 || end - from === 1;
    const newEnd = isTooShort ? from : end;
    if (newEnd !== cluster.end) this.#setLength(cluster, newEnd);
    this.#empty(from, newEnd);
    this.#empty(newEnd, to);
  }

  #empty(from: number, to: number): void {
    if (to - from < 2) return;
    // The length in eight bytes where there is room, else in one.
    const wide = to - from >= 9;
    const bytes = new Uint8Array(wide ? 9 : 2);
    const length = to - from - bytes.length;
    bytes[0] = VOID;
    writeLength(bytes.subarray(1), length);
    this.#patches.push({ offset: from, bytes });
  }

  #setLength({ lengthAt, start }: EbmlHead, end: number): void {
    const bytes = new Uint8Array(start - lengthAt);
    writeLength(bytes, end - start);
    this.#patches.push({ offset: lengthAt, bytes });
  }
}

/** Writes a length that takes all of the bytes. */
function writeLength(bytes: Uint8Array, length: number): void {
  for (let i = bytes.length - 1, rest = length; i >= 0; i--, rest = Math.floor(rest / 256)) {
    bytes[i] = rest % 256;
  }
  bytes[0] |= 0x80 >> bytes.length - 1;
}

/**
 * How long a file should be by its own account: one that was cut off is shorter, and what is there can still be heard
 * if the decoder looks for the rest where it would be. After ISO/IEC 14496-12, section 4.2, RFC 8794, section 6, and
 * RFC 9559.
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";
import { EBML, readEbmlHead, SEGMENT } from "./ebml.ts";

/** Boxes looked at on the top floor of an MP4: two a second in one of fragments, a day long. */
const MAX_BOXES = 200_000;

/**
 * Gives the size that a file should have.
 *
 * @param container Its id in `format.ts`.
 * @returns The size; `Infinity` if it is unknown, as with what is recorded live; its real size for other containers.
 */
export async function statedSize(read: ReadAt, size: number, container: string | undefined): Promise<number> {
  const head = await read(0, 512);
  const end = container === "mp4"
    ? await endOfBoxes(read, size)
    : container === "caf"
    ? await endOfChunks(read, size)
    : container === "matroska"
    ? endOfSegment(head)
    : container === "aiff" || container === "wav"
    ? endOfForm(head)
    : undefined;
  return Math.max(size, end ?? 0);
}

/** Tells where an AIFF or WAV file ends: the size of its one form is behind the name. */
function endOfForm(head: Uint8Array): number | undefined {
  if (head.length < 8) return undefined;
  const size = viewOf(head).getUint32(4, head[0] === 0x52); // "R" of RIFF
  return size === 0xffffffff ? undefined : 8 + size;
}

async function endOfChunks(read: ReadAt, size: number): Promise<number> {
  let offset = 8;
  for (let chunks = 0; offset + 12 <= size && chunks < 1000; chunks++) {
    const bytes = await read(offset, 12);
    const length = Number(viewOf(bytes).getBigInt64(4));
    // -1 is what a program writes that does not know yet.
    if (length < 0) return size;
    offset += 12 + length;
  }
  return offset;
}

async function endOfBoxes(read: ReadAt, size: number): Promise<number> {
  let offset = 0;
  for (let boxes = 0; offset + 8 <= size && boxes < MAX_BOXES; boxes++) {
    const bytes = await read(offset, 16);
    const view = viewOf(bytes);
    let length = view.getUint32(0);
    if (length === 1 && view.byteLength === 16) length = Number(view.getBigUint64(8));
    if (length < 8) return size;
    offset += length;
  }
  return offset;
}

/** Tells by the first 512 bytes where the segment of a Matroska file ends. */
export function endOfSegment(head: Uint8Array): number | undefined {
  const view = viewOf(head);
  const ebml = readEbmlHead(view, 0);
  const segment = ebml?.id === EBML ? readEbmlHead(view, ebml.end) : undefined;
  return segment?.id === SEGMENT ? segment.end : undefined;
}

/**
 * Where the last whole page of an Ogg file ends: the decoder looks at the end of a file before its beginning, and opens
 * none whose last page is cut off. After RFC 3533, section 6.
 */
import type { ReadAt } from "../input/audio_input.ts";
import { LONGEST_PAGE, OGG, readPage } from "./ogg_pages.ts";

/** Whether a container is Ogg. */
export function isOgg(container: string | undefined): boolean {
  return OGG.includes(container);
}

/** Tells where the last page begins, if it is cut off; the size of the file if it is not, or is the first. */
export async function endOfOgg(read: ReadAt, size: number): Promise<number> {
  const offset = Math.max(0, size - LONGEST_PAGE);
  const bytes = await read(offset, size - offset);
  const last = [...new TextDecoder("latin1").decode(bytes).matchAll(/OggS\0/g)].at(-1)?.index ?? 0;
  return readPage(bytes.subarray(last)) === "cut off" && offset + last > 0 ? offset + last : size;
}

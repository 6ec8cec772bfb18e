/**
 * Where the last whole page of an Ogg file ends: the decoder looks at the end of a file before its beginning, and opens
 * none whose last page is cut off. After RFC 3533, section 6.
 */
import type { ReadAt } from "../input/audio_input.ts";

/** The containers that are Ogg, by their ids in `format.ts`. */
const OGG: readonly (string | undefined)[] = ["opus", "vorbis", "oggflac", "ogg"];

/** What a page begins with; the bytes before the lengths of its segments; and the most that it has. */
const PAGE = /OggS\0/g, HEAD = 27, LONGEST_PAGE = HEAD + 255 + 255 * 255;

/** Whether a container is Ogg. */
export function isOgg(container: string | undefined): boolean {
  return OGG.includes(container);
}

/** Tells where the last page begins, if it is cut off; the size of the file if it is not, or is the first. */
export async function endOfOgg(read: ReadAt, size: number): Promise<number> {
  const offset = Math.max(0, size - LONGEST_PAGE);
  const bytes = await read(offset, size - offset);
  const last = [...new TextDecoder("latin1").decode(bytes).matchAll(PAGE)].at(-1)?.index ?? 0;
  const page = bytes.subarray(last);
  const lengths = page.subarray(HEAD, HEAD + (page[HEAD - 1] ?? 0));
  const length = HEAD + lengths.length + lengths.reduce((sum, length) => sum + length, 0);
  const isWhole = page.length > HEAD && lengths.length === page[HEAD - 1] && length <= page.length;
  return isWhole || offset + last === 0 ? size : offset + last;
}

/**
 * Reads many small pieces of a file in few reads.
 */
import type { ReadAt } from "../../types.ts";

/** Biases are this small: of two headers with one in between, a read each costs more than the bias. */
const MAX_SPAN_BYTES = 16384;

/** Reads windows, in order of their starts; those that lie close together in one read. */
export async function readWindows(
  read: ReadAt,
  windows: readonly { readonly start: number; readonly end: number }[],
): Promise<Uint8Array[]> {
  const spans: { start: number; end: number }[] = [];
  const spanOf = windows.map(({ start, end }) => {
    const last = spans.at(-1);
    if (last === undefined || end - last.start > MAX_SPAN_BYTES) spans.push({ start, end });
    else last.end = Math.max(last.end, end);
    return spans.length - 1;
  });
  const chunks = await Promise.all(spans.map(({ start, end }) => read(start, end - start)));
  return windows.map(({ start, end }, i) => {
    const span = spanOf[i];
    return chunks[span].subarray(start - spans[span].start, end - spans[span].start);
  });
}

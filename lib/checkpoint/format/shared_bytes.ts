/**
 * Tensors that share bytes: tied layers, or several views into one storage. Each byte of a file is counted once,
 * and what the model takes in memory is held against these, since a session keeps every tensor by itself: a small
 * file whose layers are all one and the same would ask for any memory.
 */
import { MAX_EXPANSION, MAX_SHARED_BYTES } from "./limits.ts";
import { refuse } from "./refuse.ts";
import { BYTES_PER_VALUE, type TensorEntry } from "../types.ts";

/**
 * Checks that tensors take no more memory than their bytes justify.
 *
 * @throws {CheckpointFormatError} when they share bytes too often.
 */
export function checkSharing(tensors: Iterable<TensorEntry>): void {
  const entries = [...tensors];
  // A view with gaps is read from its first value to its last.
  const taken = entries.reduce((sum, entry) => sum + Math.max(float32Bytes(entry), spanBytes(entry)), 0);
  const distinct = distinctBytes(entries);
  if (taken <= MAX_SHARED_BYTES || taken <= MAX_EXPANSION * distinct) return;
  refuse(
    `the tensors share ${distinct} bytes, from which the model would take ${taken} in memory, the limit is ` +
      `${MAX_EXPANSION} times as many`,
  );
}

/** Counts the bytes that tensors reach in their files, each once. */
export function distinctBytes(entries: readonly TensorEntry[]): number {
  const spans = entries.map((entry) => ({
    file: entry.file,
    start: entry.offset,
    end: entry.offset + spanBytes(entry),
  }));
  spans.sort((a, b) => a.file - b.file || a.start - b.start);
  let [bytes, file, reached] = [0, -1, 0];
  for (const span of spans) {
    if (span.file !== file) [file, reached] = [span.file, 0];
    bytes += Math.max(0, span.end - Math.max(span.start, reached));
    reached = Math.max(reached, span.end);
  }
  return bytes;
}

/** Bytes from a tensor's first value to its last. */
function spanBytes({ dtype, shape, strides }: TensorEntry): number {
  return BYTES_PER_VALUE[dtype] * shape.reduce((last, size, i) => last + (size - 1) * strides[i], 1);
}

function float32Bytes({ shape }: TensorEntry): number {
  return shape.reduce((product, size) => product * size, BYTES_PER_VALUE.float32);
}

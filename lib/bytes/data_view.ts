/** Bytes as the numbers that stand in them. */

/** Gives a view of bytes and of no more: they may be a part of a larger buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

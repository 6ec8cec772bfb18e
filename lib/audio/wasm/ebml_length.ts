/** The lengths of elements in a Matroska file. After RFC 8794, section 4. */

/**
 * Reads a length of variable size: the zeros before its first one tell how many bytes it has.
 *
 * @returns The length, `Infinity` if it is unknown, and where its content begins; nothing where it is cut short.
 */
export function readEbmlLength(view: DataView, at: number): { value: number; end: number } | undefined {
  if (at >= view.byteLength) return undefined;
  const size = Math.clz32(view.getUint8(at)) - 23;
  if (size > 8 || at + size > view.byteLength) return undefined;
  let value = view.getUint8(at) & 0xff >> size;
  let isUnknown = value === 0xff >> size;
  for (let i = 1; i < size; i++) {
    const byte = view.getUint8(at + i);
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: isUnknown ? Infinity : value, end: at + size };
}

/**
 * C strings and C arrays in JavaScript memory. Each has a buffer of its own, for Bun moves small typed arrays
 * until their buffer is asked for.
 */
import type { Pointer } from "./types.ts";

/** A zero-terminated copy of `text` in UTF-8. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const terminated = new Uint8Array(new ArrayBuffer(bytes.length + 1));
  terminated.set(bytes);
  return terminated;
}

/** An array of C pointers. What they point at is to be kept alive by the caller. */
export function pointers(addresses: readonly Pointer[]): BigUint64Array<ArrayBuffer> {
  const array = new BigUint64Array(new ArrayBuffer(addresses.length * 8));
  addresses.forEach((address, i) => array[i] = BigInt(address));
  return array;
}

/** An array of `int64_t`; null if it is empty. */
export function int64s(numbers: readonly number[]): BigInt64Array<ArrayBuffer> | null {
  if (numbers.length === 0) return null;
  const array = new BigInt64Array(new ArrayBuffer(numbers.length * 8));
  numbers.forEach((number, i) => array[i] = BigInt(number));
  return array;
}

/** A use of values of which native code holds only the addresses, so that they are not collected before. */
export function keepAlive(...values: readonly unknown[]): number {
  return values.length;
}

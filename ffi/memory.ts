/**
 * C strings and C arrays in JavaScript memory. Each has a buffer of its own, for Bun moves small typed arrays
 * until their buffer is asked for.
 */
import process from "node:process";
import type { Pointer } from "./types.ts";

/** A zero-terminated copy of `text` in UTF-8. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const terminated = new Uint8Array(new ArrayBuffer(bytes.length + 1));
  terminated.set(bytes);
  return terminated;
}

/**
 * A zero-terminated copy of a path, or of a name that ONNX Runtime takes as one (`ORTCHAR_T*`): UTF-16 on Windows,
 * UTF-8 elsewhere.
 *
 * @param platform A name as `process.platform` has them.
 */
export function ortPath(path: string, platform: string = process.platform): Uint8Array<ArrayBuffer> {
  if (platform !== "win32") return cString(path);
  const bytes = new DataView(new ArrayBuffer(2 * path.length + 2));
  for (let i = 0; i < path.length; i++) bytes.setUint16(2 * i, path.charCodeAt(i), true);
  return new Uint8Array(bytes.buffer);
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

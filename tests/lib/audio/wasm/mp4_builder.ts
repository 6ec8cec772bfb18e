/** Builds the boxes of MP4 files for tests. */
import { concat, text } from "../wav_builder.ts";

/** Numbers of 32 bits, big-endian. */
export function numbers(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return new Uint8Array(view.buffer);
}

/** A box with its size. */
export function box(type: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(...parts);
  return concat(numbers(8 + content.length), text(type), content);
}

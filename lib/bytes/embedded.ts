/** What lies in a module as text, since a package of JSR has no other files: deflated, in base64. */
import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

/** Gives the bytes of such a text. */
export async function inflateBase64(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return await promisify(inflateRaw)(Buffer.from(text, "base64")) as Buffer<ArrayBuffer>;
}

/**
 * Gives the weights of a small model by their names, as float32.
 *
 * @param sizes How many numbers each has, in their order.
 * @param Numbers What they are stored as.
 */
export async function embeddedWeights(
  text: string,
  sizes: readonly (readonly [name: string, count: number])[],
  Numbers: Float32ArrayConstructor | Float16ArrayConstructor,
): Promise<(name: string) => Float32Array<ArrayBuffer>> {
  const { buffer, byteOffset } = await inflateBase64(text);
  const weights = new Map<string, Float32Array<ArrayBuffer>>();
  let at = byteOffset;
  for (const [name, count] of sizes) {
    const end = at + Numbers.BYTES_PER_ELEMENT * count;
    weights.set(name, new Float32Array(new Numbers(buffer.slice(at, end))));
    at = end;
  }
  return (name) => weights.get(name)!;
}

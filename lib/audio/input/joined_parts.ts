/** Parts of an input laid end to end, as an input of their own: the sound of a film, say, which lies between its pictures. */
import type { AudioInput } from "./audio_input.ts";

/** Where parts begin and how long they are, in bytes. */
export class PartList {
  readonly #starts: number[] = [];
  /** Where each begins in what is joined. */
  readonly #places: number[] = [];
  /** The bytes of all of them. */
  size = 0;

  /** Puts a part behind the others; one that follows the last in the input too makes that longer. */
  add(start: number, length: number): void {
    const last = this.#starts.length - 1;
    if (last < 0 || this.#starts[last] + this.size - this.#places[last] !== start) {
      this.#starts.push(start);
      this.#places.push(this.size);
    }
    this.size += length;
  }

  /** Tells where in the input the byte at `place` is, and how many of the joined ones follow it there. */
  find(place: number): { start: number; length: number } {
    let low = 0, high = this.#places.length;
    while (high - low > 1) {
      const middle = low + high >> 1;
      if (this.#places[middle] <= place) low = middle;
      else high = middle;
    }
    const end = this.#places[low + 1] ?? this.size;
    return { start: this.#starts[low] + place - this.#places[low], length: end - place };
  }
}

/** Makes an input of parts of another, which it disposes. It has no path: whoever opened that would read the whole. */
export function joinedParts(input: AudioInput, parts: PartList): AudioInput {
  return {
    name: input.name,
    size: parts.size,
    async read(offset, length, into) {
      const wanted = Math.max(0, Math.min(length, parts.size - offset));
      const bytes = into?.subarray(0, wanted) ?? new Uint8Array(wanted);
      let filled = 0;
      while (filled < wanted) {
        const part = parts.find(offset + filled);
        const count = Math.min(part.length, wanted - filled);
        const found = await input.read(part.start, count);
        bytes.set(found, filled);
        filled += found.length;
        if (found.length < count) break;
      }
      return bytes.subarray(0, filled);
    },
    [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
  };
}

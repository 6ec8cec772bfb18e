/**
 * The keys and values of the tokens decoded so far, for every decoder layer, in preallocated tensors that the
 * decoder appends to in place.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { Tensor } from "../../ffi/value.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";

/** A row of a cache. */
export interface CacheSlot {
  readonly cache: KvCache;
  readonly row: number;
}

/**
 * Keys and values `(rows, nTextHead, nTextCtx, size)` by layer. A row is a hypothesis; it remembers its tokens,
 * since equal beginnings have equal keys and values and need no copying. Whoever makes it disposes it.
 */
export class KvCache implements Disposable {
  readonly #dims: ModelDimensions;
  /** Keys, then values, layer after layer. */
  readonly #tensors: readonly Tensor<"float32">[];
  readonly #owned: DisposableStack;
  #rows: number[][];

  /** A cache of `rows` empty rows. */
  constructor(library: OrtLibrary, dims: ModelDimensions, rows: number) {
    this.#dims = dims;
    const shape = [rows, dims.nTextHead, dims.nTextCtx, dims.nTextState / dims.nTextHead];
    using allocated = new DisposableStack();
    this.#tensors = Array.from(
      { length: 2 * dims.nTextLayer },
      () => allocated.use(Tensor.allocate(library, "float32", shape)),
    );
    this.#owned = allocated.move();
    this.#rows = Array.from({ length: rows }, () => []);
  }

  /** The number of rows. */
  get rows(): number {
    return this.#rows.length;
  }

  /** The number of positions every row holds. */
  get length(): number {
    return this.#rows[0].length;
  }

  /** The tensors as the decoder names them, without `past_` and `present_`. */
  tensors(): [name: string, tensor: Tensor<"float32">][] {
    return this.#tensors.map((tensor, i) => [`${i % 2 === 0 ? "key" : "value"}_${i >> 1}`, tensor]);
  }

  /** Notes that the decoder appended `tokens`, `(rows, count)`. */
  append(tokens: readonly (readonly number[])[]): void {
    this.#rows.forEach((row, i) => row.push(...tokens[i]));
  }

  /** Makes row `i` hold what row `sources[i]` held. */
  reorder(sources: readonly number[]): void {
    const before = this.#rows;
    const moves = sources
      .map((source, target) => ({ source, target, from: commonPrefix(before[source], before[target]) }))
      .filter(({ source, from }) => from < before[source].length);
    for (const tensor of this.#tensors) this.#move(tensor.data, tensor.data, moves);
    this.#rows = sources.map((source) => [...before[source]]);
  }

  /** Fills every row with a slot of another cache; none, if there are no slots. */
  copyFrom(slots: readonly CacheSlot[]): void {
    for (const [target, { cache, row: source }] of slots.entries()) {
      const { length } = cache.#rows[source];
      this.#tensors.forEach((tensor, i) =>
        this.#move(cache.#tensors[i].data, tensor.data, [{ source, target, from: 0 }], length)
      );
      this.#rows[target] = [...cache.#rows[source]];
    }
  }

  #move(
    from: Float32Array,
    to: Float32Array,
    moves: readonly { source: number; target: number; from: number }[],
    length: number = this.length,
  ): void {
    const { nTextHead, nTextCtx, nTextState } = this.#dims;
    const size = nTextState / nTextHead;
    const start = (row: number, head: number) => (row * nTextHead + head) * nTextCtx * size;
    for (let head = 0; head < nTextHead; head++) {
      // All sources are read before a target is written: rows may trade places.
      const parts = moves.map((move) =>
        from.slice(start(move.source, head) + move.from * size, start(move.source, head) + length * size)
      );
      moves.forEach((move, i) => to.set(parts[i], start(move.target, head) + move.from * size));
    }
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

/** The number of tokens that two rows start with in common. */
function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  let count = 0;
  while (count < length && a[count] === b[count]) count++;
  return count;
}

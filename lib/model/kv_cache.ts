/**
 * The keys and values of the tokens decoded so far, for every decoder layer, in preallocated tensors that the
 * decoder appends to in place.
 */
import { allocate, specOf, type TensorSpecs } from "../../ffi/graph.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import type { Tensor } from "../../ffi/value.ts";
import { FLOAT_TYPES, type FloatType } from "./precision.ts";

/** What the decoder's inputs for keys and values are called, before `key_<layer>` and `value_<layer>`. */
const PAST = "past_";

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
  /** By the decoder's names, without `past_` and `present_`. */
  readonly #tensors: ReadonlyMap<string, Tensor<FloatType>>;
  readonly #owned: DisposableStack;
  #rows: number[][];

  /** A cache of `rows` empty rows for a decoder with these inputs. */
  constructor(library: OrtLibrary, inputs: TensorSpecs, rows: number) {
    using allocated = new DisposableStack();
    const tensors = new Map<string, Tensor<FloatType>>();
    for (const name of inputs.keys()) {
      if (!name.startsWith(PAST)) continue;
      const spec = specOf(inputs, name, ...FLOAT_TYPES);
      tensors.set(name.slice(PAST.length), allocated.use(allocate(library, spec, { rows })));
    }
    this.#tensors = tensors;
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
  tensors(): [name: string, tensor: Tensor<FloatType>][] {
    return [...this.#tensors];
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
    for (const tensor of this.#tensors.values()) move(tensor, tensor, moves, this.length);
    this.#rows = sources.map((source) => [...before[source]]);
  }

  /** Fills every row with a slot of another cache; none, if there are no slots. */
  copyFrom(slots: readonly CacheSlot[]): void {
    for (const [target, { cache, row: source }] of slots.entries()) {
      const { length } = cache.#rows[source];
      for (const [name, tensor] of this.#tensors) {
        move(cache.#tensors.get(name)!, tensor, [{ source, target, from: 0 }], length);
      }
      this.#rows[target] = [...cache.#rows[source]];
    }
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

/** Copies rows `(heads, positions, size)` from position `from` to `length`. */
function move(
  source: Tensor<FloatType>,
  target: Tensor<FloatType>,
  moves: readonly { readonly source: number; readonly target: number; readonly from: number }[],
  length: number,
): void {
  const [, heads, positions, size] = source.shape;
  const start = (row: number, head: number) => (row * heads + head) * positions * size;
  const from = source.data, to = target.data;
  for (let head = 0; head < heads; head++) {
    // All sources are read before a target is written: rows may trade places.
    const parts = moves.map((move) =>
      from.slice(start(move.source, head) + move.from * size, start(move.source, head) + length * size)
    );
    moves.forEach((move, i) => to.set(parts[i], start(move.target, head) + move.from * size));
  }
}

/** The number of tokens that two rows start with in common. */
function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  let count = 0;
  while (count < length && a[count] === b[count]) count++;
  return count;
}

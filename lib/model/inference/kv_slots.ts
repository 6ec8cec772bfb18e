/**
 * The keys and values of the tokens decoded so far, for every decoder layer: a slot for each hypothesis of all tasks,
 * in preallocated tensors that the decoder appends to in place.
 */
import { specOf } from "../../../ffi/graph.ts";
import type { Session } from "../../../ffi/session.ts";
import { elementCount, type Tensor } from "../../../ffi/value.ts";
import { STORED_TYPES, type StoredType } from "../precision.ts";
import { SlotTensors } from "./slot_tensors.ts";

/** What the decoder's inputs for keys and values are called, before `key_<layer>` and `value_<layer>`. */
const PAST = "past_";

/** What slots have to do with a decoder: what it reads, and in which memory. */
export type DecoderMemory = Pick<Session, "library" | "memory" | "inputs">;

/** A hypothesis. It remembers its tokens, since equal beginnings have equal keys and values and need no copying. */
export interface KvRow {
  /** Where its keys and values lie. They may be moved between two runs. */
  readonly slot: number;
  /** The tokens whose keys and values it holds. */
  readonly tokens: readonly number[];
}

type OwnRow = { slot: number; tokens: number[] };

/** Keys and values `(slots, nTextHead, nTextCtx, size)` by layer. Whoever makes them disposes them. */
export class KvSlots implements Disposable {
  readonly #tensors: SlotTensors;
  /** By slot, without gaps. */
  readonly #rows: OwnRow[] = [];

  /** Slots for a decoder, in the memory that it works in; none is used. */
  constructor(decoder: DecoderMemory) {
    const { inputs } = decoder;
    const names = [...inputs.keys()].filter((name) => name.startsWith(PAST));
    this.#tensors = new SlotTensors(decoder, {
      specs: names.map((name) => specOf(inputs, name, ...STORED_TYPES)),
    });
  }

  /** The rows, by slot. */
  get rows(): readonly KvRow[] {
    return this.#rows;
  }

  /** Counts how often the memory was another. */
  get generation(): number {
    return this.#tensors.generation;
  }

  /** Adds empty rows, after all others. */
  add(count: number): KvRow[] {
    this.#moveAll(this.#tensors.reserve(this.#rows.length + count));
    const added = Array.from({ length: count }, (_, i) => ({ slot: this.#rows.length + i, tokens: [] }));
    this.#rows.push(...added);
    return added;
  }

  /** Removes rows. The last ones are moved into the gaps. */
  remove(rows: readonly KvRow[]): void {
    for (const row of rows) {
      const last = this.#rows.pop()!;
      if (last === row) continue;
      copySlot(this.#tensors.tensors, last.slot, row.slot, { from: 0, to: last.tokens.length });
      this.#rows[last.slot = row.slot] = last;
    }
    this.#moveAll(this.#tensors.trim(this.#rows.length));
  }

  /** Makes a row hold what another holds. */
  copy(source: KvRow, target: KvRow): void {
    const from = commonPrefix(source.tokens, target.tokens);
    copySlot(this.#tensors.tensors, source.slot, target.slot, { from, to: source.tokens.length });
    (target as OwnRow).tokens = [...source.tokens];
  }

  /** Makes a row empty. */
  clear(row: KvRow): void {
    (row as OwnRow).tokens = [];
  }

  /** Notes that the decoder appended tokens to a row. */
  append(row: KvRow, tokens: readonly number[]): void {
    (row as OwnRow).tokens.push(...tokens);
  }

  /** Moves rows so that they lie side by side, and gives the first of their slots. */
  gather(rows: readonly KvRow[]): number {
    const slots = rows.map(({ slot }) => slot);
    const first = Math.min(...slots);
    if (Math.max(...slots) - first === rows.length - 1) return first;
    const wanted = new Set(rows);
    const free = this.#rows.slice(0, rows.length).filter((row) => !wanted.has(row));
    for (const row of rows) if (row.slot >= rows.length) this.#swap(row as OwnRow, free.pop()!);
    return 0;
  }

  #swap(a: OwnRow, b: OwnRow): void {
    const length = Math.max(a.tokens.length, b.tokens.length);
    swapSlots(this.#tensors.tensors, a.slot, b.slot, length);
    [a.slot, b.slot] = [b.slot, a.slot];
    this.#rows[a.slot] = a;
    this.#rows[b.slot] = b;
  }

  /** The keys and values of `count` slots by the decoder's names, without `past_`. Whoever asks disposes them. */
  views(start: number, count: number): [name: string, tensor: Tensor<StoredType>][] {
    return this.#tensors.views(start, count).map(([name, tensor]) => [name.slice(PAST.length), tensor]);
  }

  /** Moves all rows out of the tensors before. */
  #moveAll(before: readonly Tensor<StoredType>[]): void {
    for (const [i, tensor] of before.entries()) {
      using from = tensor;
      const to = this.#tensors.tensors[i];
      for (const { slot, tokens } of this.#rows) copyPositions(from, slot, to, slot, 0, tokens.length);
    }
  }

  [Symbol.dispose](): void {
    this.#tensors[Symbol.dispose]();
    this.#rows.length = 0;
  }
}

function copySlot(
  tensors: readonly Tensor<StoredType>[],
  source: number,
  target: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (const tensor of tensors) copyPositions(tensor, source, tensor, target, from, to);
}

/** Copies positions `from` to `to` of a slot `(heads, positions, size)`. */
function copyPositions(
  source: Tensor<StoredType>,
  sourceSlot: number,
  target: Tensor<StoredType>,
  targetSlot: number,
  from: number,
  to: number,
): void {
  const [, heads, positions, size] = source.shape;
  const slotSize = heads * positions * size;
  if (source.deviceMemory !== undefined) {
    // One copy of all heads costs less there than one of each.
    target.copyFrom(source, { from: sourceSlot * slotSize, to: targetSlot * slotSize, count: slotSize });
    return;
  }
  for (let head = 0; head < heads; head++) {
    const start = (slot: number) => slot * slotSize + (head * positions + from) * size;
    target.copyFrom(source, { from: start(sourceSlot), to: start(targetSlot), count: (to - from) * size });
  }
}

function swapSlots(tensors: readonly Tensor<StoredType>[], a: number, b: number, length: number): void {
  const [first] = tensors, slot = first.shape.slice(1);
  // They are all alike. This alone can fail, and nothing is changed yet.
  using flat = first.scratch(elementCount(slot));
  using kept = flat.part(0, [1, ...slot]);
  for (const tensor of tensors) {
    copyPositions(tensor, a, kept, 0, 0, length);
    copyPositions(tensor, b, tensor, a, 0, length);
    copyPositions(kept, 0, tensor, b, 0, length);
  }
}

/** The number of tokens that two rows start with in common. */
function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  let count = 0;
  while (count < length && a[count] === b[count]) count++;
  return count;
}

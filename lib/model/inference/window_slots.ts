/**
 * The keys and values that windows are heard by (cross-attention), side by side, so that one run of the decoder serves
 * several windows. A window lies where the encoder wrote it until it comes together with another; then it moves here.
 * Windows are large (base: 37 MB), so they are moved in pieces, between which the event loop has its turn.
 */
import { specOf } from "../../../ffi/graph.ts";
import { elementCount, type Tensor } from "../../../ffi/value.ts";
import { TimeSlice } from "../../async/time_slice.ts";
import { CROSS, type EncodedWindow, type WindowHolder } from "../encoded_audio.ts";
import { STORED_TYPES, type StoredType } from "../precision.ts";
import type { DecoderMemory } from "./kv_slots.ts";
import { SlotTensors } from "./slot_tensors.ts";

/** Slots for windows with the same number of positions. Whoever makes them disposes them. */
export class WindowSlots implements WindowHolder, Disposable {
  readonly #tensors: SlotTensors;
  readonly #onLeft: () => void;
  /** By slot, without gaps but for those that have left. */
  readonly #windows: EncodedWindow[] = [];
  readonly #left = new Set<EncodedWindow>();

  /** @param onLeft Called when a window is disposed; `settle` then gives the memory back, if it was the last. */
  constructor(decoder: DecoderMemory, positions: number, onLeft: () => void) {
    const { inputs } = decoder;
    const names = [...inputs.keys()].filter((name) => name.startsWith(CROSS));
    this.#tensors = new SlotTensors(decoder, {
      specs: names.map((name) => specOf(inputs, name, ...STORED_TYPES)),
      sizes: { audio_positions: positions },
    });
    this.#onLeft = onLeft;
  }

  /** The number of windows. */
  get size(): number {
    return this.#windows.length - this.#left.size;
  }

  get generation(): number {
    return this.#tensors.generation;
  }

  /** Whether windows are here, all of them, and no others have left. */
  isArranged(windows: readonly EncodedWindow[]): boolean {
    return this.#left.size === 0 && windows.every(({ holder }) => holder === this);
  }

  /** Moves windows in, and the last ones to where others have left. Not while a run reads them. */
  async arrange(windows: readonly EncodedWindow[]): Promise<void> {
    await this.#closeGaps();
    const coming = new Set(windows.filter(({ holder }) => holder !== this));
    await this.#moveAll(this.#tensors.reserve(this.#windows.length + coming.size));
    const slice = new TimeSlice();
    for (const window of coming) {
      const slot = this.#windows.length;
      using sources = new DisposableStack();
      const views = window.views().map(([, view]) => sources.use(view));
      // It is here from now on, should it leave meanwhile.
      window.moveTo(this, slot);
      this.#windows.push(window);
      for (const [i, source] of views.entries()) {
        await slice.pause();
        copyWindow(source, 0, this.#tensors.tensors[i], slot);
      }
    }
  }

  leave(window: EncodedWindow): void {
    this.#left.add(window);
    this.#onLeft();
  }

  async #closeGaps(): Promise<void> {
    const staying = this.#windows.filter((window) => !this.#left.has(window));
    const gaps = this.#windows.slice(0, staying.length).filter((window) => this.#left.has(window));
    this.#left.clear();
    const slice = new TimeSlice();
    for (const [i, window] of staying.filter(({ index }) => index >= staying.length).entries()) {
      const from = window.index, to = gaps[i].index;
      window.moveTo(this, to);
      for (const tensor of this.#tensors.tensors) {
        await slice.pause();
        copyWindow(tensor, from, tensor, to);
      }
    }
    this.#windows.length = 0;
    for (const window of staying) this.#windows[window.index] = window;
    await this.#moveAll(this.#tensors.trim(this.#windows.length));
  }

  /** Moves all windows out of the tensors before. */
  async #moveAll(before: readonly Tensor<StoredType>[]): Promise<void> {
    const slice = new TimeSlice();
    for (const [i, tensor] of before.entries()) {
      using from = tensor;
      for (const { index } of this.#windows) {
        await slice.pause();
        copyWindow(from, index, this.#tensors.tensors[i], index);
      }
    }
  }

  /** Gives the memory back when all windows have left, and tells whether it did. Not while a run reads them. */
  settle(): boolean {
    if (this.size > 0 || this.#left.size === 0) return false;
    this.#windows.length = 0;
    this.#left.clear();
    this.#tensors.trim(0);
    return true;
  }

  views(start: number, count: number): [name: string, tensor: Tensor<StoredType>][] {
    return this.#tensors.views(start, count);
  }

  [Symbol.dispose](): void {
    this.#tensors[Symbol.dispose]();
  }
}

function copyWindow(
  source: Tensor<StoredType>,
  from: number,
  target: Tensor<StoredType>,
  to: number,
): void {
  const count = elementCount(source.shape.slice(1));
  target.copyFrom(source, { from: from * count, to: to * count, count });
}

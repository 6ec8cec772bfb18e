/**
 * The keys and values that windows are heard by (cross-attention), side by side, so that one run of the decoder serves
 * several windows. A window lies where the encoder wrote it until it comes together with another; then it moves here.
 */
import { specOf, type TensorSpecs } from "../../../ffi/graph.ts";
import type { OrtLibrary } from "../../../ffi/library.ts";
import type { Tensor } from "../../../ffi/value.ts";
import { CROSS, type EncodedWindow, type WindowHolder } from "../encoded_audio.ts";
import { STORED_TYPES, type StoredType } from "../precision.ts";
import { SlotTensors } from "./slot_tensors.ts";

/** Slots for windows with the same number of positions. Whoever makes them disposes them. */
export class WindowSlots implements WindowHolder, Disposable {
  readonly #tensors: SlotTensors;
  readonly #onLeft: () => void;
  /** By slot, without gaps but for those that have left. */
  readonly #windows: EncodedWindow[] = [];
  readonly #left = new Set<EncodedWindow>();

  /** @param onLeft Called when a window is disposed; `settle` then gives its memory back. */
  constructor(library: OrtLibrary, inputs: TensorSpecs, positions: number, onLeft: () => void) {
    const names = [...inputs.keys()].filter((name) => name.startsWith(CROSS));
    this.#tensors = new SlotTensors(library, {
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

  /** Moves windows in. */
  take(windows: readonly EncodedWindow[]): void {
    const coming = new Set(windows.filter(({ holder }) => holder !== this));
    if (coming.size === 0) return;
    this.settle();
    this.#tensors.reserve(this.#windows.length + coming.size, this.#moveAll);
    for (const window of coming) {
      const slot = this.#windows.length;
      for (const [i, [, view]] of window.views().entries()) {
        using source = view;
        copyWindow(source, 0, this.#tensors.tensors[i], slot);
      }
      window.moveTo(this, slot);
      this.#windows.push(window);
    }
  }

  leave(window: EncodedWindow): void {
    this.#left.add(window);
    this.#onLeft();
  }

  /** Moves the last windows to where others have left, if any have. Not while a run reads them. */
  settle(): boolean {
    if (this.#left.size === 0) return false;
    const staying = this.#windows.filter((window) => !this.#left.has(window));
    const gaps = this.#windows.slice(0, staying.length).filter((window) => this.#left.has(window));
    for (const [i, window] of staying.filter(({ index }) => index >= staying.length).entries()) {
      const slot = gaps[i].index;
      for (const tensor of this.#tensors.tensors) copyWindow(tensor, window.index, tensor, slot);
      window.moveTo(this, slot);
    }
    this.#windows.length = 0;
    for (const window of staying) this.#windows[window.index] = window;
    this.#left.clear();
    this.#tensors.trim(this.#windows.length, this.#moveAll);
    return true;
  }

  views(start: number, count: number): [name: string, tensor: Tensor<StoredType>][] {
    return this.#tensors.views(start, count);
  }

  readonly #moveAll = (from: Tensor<StoredType>, to: Tensor<StoredType>): void => {
    for (const { index } of this.#windows) copyWindow(from, index, to, index);
  };

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
  const { data, shape: [windows] } = source;
  const length = data.length / windows;
  target.data.set(data.subarray(from * length, (from + 1) * length), to * length);
}

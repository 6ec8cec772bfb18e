/**
 * Tensors whose first axis are slots, for what decoders at work remember: they grow and shrink together, by use, and
 * runs are bound to some slots that lie side by side.
 */
import { allocateTogether, type Sizes, type TensorSpec } from "../../../ffi/graph.ts";
import type { OrtLibrary } from "../../../ffi/library.ts";
import type { DeviceMemory } from "../../../ffi/providers/device_memory.ts";
import type { Session } from "../../../ffi/session.ts";
import type { Tensor } from "../../../ffi/value.ts";
import type { StoredType } from "../precision.ts";

/** What slots are made of. */
export interface SlotOptions {
  /** A tensor each, whose first axis is open. */
  readonly specs: readonly TensorSpec<StoredType>[];
  /** The sizes of the axes that are open, but for the first. */
  readonly sizes?: Sizes;
}

/** Some slots, none at first. Whoever makes them disposes them. */
export class SlotTensors implements Disposable {
  readonly #library: OrtLibrary;
  /** The memory of the device that they lie in, if it is not the processor's. */
  readonly #memory: DeviceMemory | undefined;
  readonly #options: SlotOptions;
  #tensors: readonly Tensor<StoredType>[] = [];
  #capacity = 0;
  #generation = 0;

  constructor({ library, memory }: Pick<Session, "library" | "memory">, options: SlotOptions) {
    this.#library = library;
    this.#memory = memory;
    this.#options = options;
  }

  /** The number of slots that there is memory for. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Counts how often the memory was another: what is bound to an older one reads what is no longer written. */
  get generation(): number {
    return this.#generation;
  }

  /** The tensors, `(capacity, …)`; none without a slot. */
  get tensors(): readonly Tensor<StoredType>[] {
    return this.#tensors;
  }

  /**
   * Makes room for `count` slots; the memory at least doubles, so that growing one by one copies little.
   *
   * @returns The tensors before, if these are others now. Whoever asked moves what is used, and disposes them.
   */
  reserve(count: number): readonly Tensor<StoredType>[] {
    return count > this.#capacity ? this.#replace(Math.max(count, 2 * this.#capacity)) : [];
  }

  /**
   * Gives memory back where no more than a quarter is used by `count` slots; all of it, where none is.
   *
   * @returns As `reserve`.
   */
  trim(count: number): readonly Tensor<StoredType>[] {
    if (count > 0) return 4 * count <= this.#capacity ? this.#replace(2 * count) : [];
    this[Symbol.dispose]();
    return [];
  }

  #replace(capacity: number): readonly Tensor<StoredType>[] {
    const { specs, sizes } = this.#options;
    const sized = specs.map((spec) => ({ ...spec, shape: [capacity, ...spec.shape.slice(1)] }));
    const before = this.#tensors;
    // Memory that is not written to takes none yet.
    this.#tensors = allocateTogether(this.#library, sized, sizes, this.#memory);
    this.#capacity = capacity;
    this.#generation++;
    return before;
  }

  /** `count` slots from `start` on, by the names of the specs. Whoever asks for them disposes them. */
  views(start: number, count: number): [name: string, tensor: Tensor<StoredType>][] {
    if (start + count > this.#capacity) throw new TypeError("Cannot use slots: there is no memory for them");
    using made = new DisposableStack();
    const views = this.#options.specs.map(({ name }, i): [string, Tensor<StoredType>] => {
      const tensor = this.#tensors[i];
      const whole = start === 0 && count === this.#capacity;
      return [name, made.use(whole ? tensor.share() : tensor.at(start, count))];
    });
    made.move();
    return views;
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors) tensor[Symbol.dispose]();
    this.#tensors = [];
    this.#capacity = 0;
    this.#generation++;
  }
}

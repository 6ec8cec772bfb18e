/**
 * Tensors in ONNX Runtime's memory. Each owns one `OrtValue`; its elements are read and written in place.
 */
import { ELEMENT_TYPES } from "./ort_api.ts";
import type { OrtLibrary } from "./library.ts";
import { int64s } from "./memory.ts";
import type { DeviceMemory } from "./providers/device_memory.ts";
import { Shared } from "./shared.ts";
import type { Pointer } from "./types.ts";

/** The element types used. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The array that holds elements of a type. */
export type ElementArray<T extends ElementType> = InstanceType<typeof ELEMENT_TYPES[T]["array"]>;

/** What a tensor is called in errors. */
const NAME = "a tensor";

/** The number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Which elements are copied. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * A tensor in native memory. Whoever allocates it disposes it; its memory stays until the views, the bindings and the
 * runs that read it are done with it.
 */
export class Tensor<T extends ElementType = ElementType> implements Disposable {
  readonly type: T;
  readonly shape: readonly number[];
  /** The memory of the device that it lies in. None: the processor's, where the host reads and writes. */
  readonly #memory: DeviceMemory | undefined;
  readonly #library: OrtLibrary;
  readonly #value: Shared<Pointer>;
  readonly #address: Pointer;
  #data: ElementArray<T> | undefined;

  private constructor(
    library: OrtLibrary,
    type: T,
    shape: readonly number[],
    value: Shared<Pointer>,
    address: Pointer,
    memory: DeviceMemory | undefined,
  ) {
    this.#library = library;
    this.type = type;
    this.shape = shape;
    this.#value = value;
    this.#address = address;
    this.#memory = memory;
  }

  /**
   * Allocates a tensor. Its elements are undefined until they are written.
   *
   * @param memory The memory of a device, which the tensor holds. Default: the processor's.
   */
  static allocate<T extends ElementType>(
    library: OrtLibrary,
    type: T,
    shape: readonly number[],
    memory?: DeviceMemory,
  ): Tensor<T> {
    const { api } = library;
    using stack = new DisposableStack();
    const held = memory && stack.use(memory.share());
    const { allocator } = held ?? library;
    const pointer = library.create((out) =>
      api.CreateTensorAsOrtValue(allocator, int64s(shape), shape.length, ELEMENT_TYPES[type].code, out)
    );
    stack.move();
    using value = Shared.of(NAME, pointer, () => {
      api.ReleaseValue(pointer);
      held?.[Symbol.dispose]();
    });
    const address = library.create((out) => api.GetTensorMutableData(pointer, out));
    return new Tensor(library, type, shape, value.share(), address, held);
  }

  /** What ONNX Runtime calls the memory of its device; nothing where it lies in the processor's. */
  get deviceMemory(): string | undefined {
    return this.#memory?.name;
  }

  /** The same tensor for another holder, who disposes it. */
  share(): Tensor<T> {
    const { type, shape } = this;
    return new Tensor(this.#library, type, shape, this.#value.share(), this.#address, this.#memory);
  }

  /** `count` elements of the first axis as a tensor of shape `(count, …)` over the same memory, which it holds. */
  at(index: number, count = 1): Tensor<T> {
    if (!(index >= 0 && count > 0 && index + count <= this.shape[0])) {
      throw new RangeError(
        `Cannot take ${count} from element ${index} of a tensor of shape (${this.shape.join(", ")})`,
      );
    }
    const rest = this.shape.slice(1);
    return this.part(index * elementCount(rest), [count, ...rest]);
  }

  /** Its elements from `start` on as a tensor of another shape over the same memory, which it holds. */
  part(start: number, shape: readonly number[]): Tensor<T> {
    const { api } = this.#library;
    const { memoryInfo } = this.#memory ?? this.#library;
    const { code, array } = ELEMENT_TYPES[this.type];
    if (!(start >= 0 && start + elementCount(shape) <= elementCount(this.shape))) {
      throw new RangeError(
        `Cannot take (${shape.join(", ")}) from element ${start} of a tensor of shape (${
          this.shape.join(", ")
        })`,
      );
    }
    const bytes = elementCount(shape) * array.BYTES_PER_ELEMENT;
    const address = this.#address + start * array.BYTES_PER_ELEMENT;
    using stack = new DisposableStack();
    const whole = stack.use(this.#value.share());
    const pointer = this.#library.create((out) =>
      api.CreateTensorWithDataAsOrtValue(memoryInfo, address, bytes, int64s(shape), shape.length, code, out)
    );
    stack.move();
    const value = Shared.of(NAME, pointer, () => {
      api.ReleaseValue(pointer);
      whole[Symbol.dispose]();
    });
    return new Tensor(this.#library, this.type, shape, value, address, this.#memory);
  }

  /** The `OrtValue*`. */
  get value(): Pointer {
    return this.#value.value;
  }

  /** The elements, row-major, in native memory: writes are seen by the next run. Not to be kept. */
  get data(): ElementArray<T> {
    void this.value;
    if (this.#memory !== undefined) throw new TypeError(`Cannot read ${NAME}: it lies in a device's memory`);
    const { array } = ELEMENT_TYPES[this.type];
    return this.#data ??= new array(
      this.#library.ffi.view(this.#address, elementCount(this.shape) * array.BYTES_PER_ELEMENT),
    ) as ElementArray<T>;
  }

  /** A copy of the elements, wherever they lie. Not while a run writes them. */
  read(): ElementArray<T> {
    if (this.#memory === undefined) return this.data.slice() as ElementArray<T>;
    using copy = Tensor.allocate(this.#library, this.type, this.shape);
    this.#memory.copy(copy.#address, this.#address, copy.byteLength);
    return copy.read();
  }

  /** Bytes that its elements take. */
  get byteLength(): number {
    return elementCount(this.shape) * ELEMENT_TYPES[this.type].array.BYTES_PER_ELEMENT;
  }

  /** Takes `count` elements of a tensor in the same memory over, from `from` on, to `to`. Not while a run reads them. */
  copyFrom(source: Tensor<T>, { from, to, count }: Span): void {
    const isInside = (start: number, { shape }: Tensor) => start >= 0 && start + count <= elementCount(shape);
    if (!(count >= 0 && isInside(from, source) && isInside(to, this))) {
      throw new RangeError(`Cannot copy ${count} elements from ${from} to ${to}: the tensors are smaller`);
    }
    void source.value;
    void this.value;
    if (this.#memory === undefined) {
      this.data.set(
        source.data.subarray(from, from + count) as ElementArray<T> & ArrayLike<bigint & number>,
        to,
      );
      return;
    }
    const size = ELEMENT_TYPES[this.type].array.BYTES_PER_ELEMENT;
    this.#memory.copy(this.#address + to * size, source.#address + from * size, count * size);
  }

  /** A tensor of `count` elements in the same memory. Whoever asks for it disposes it. */
  scratch(count: number): Tensor<T> {
    return Tensor.allocate(this.#library, this.type, [count], this.#memory);
  }

  [Symbol.dispose](): void {
    this.#data = undefined;
    this.#value[Symbol.dispose]();
  }
}

/**
 * Tensors in ONNX Runtime's memory. Each owns one `OrtValue`; its elements are read and written in place.
 */
import { ELEMENT_TYPES } from "./ort_api.ts";
import type { OrtLibrary } from "./library.ts";
import { int64s } from "./memory.ts";
import type { Pointer } from "./types.ts";

/** The element types used. */
export type ElementType = keyof typeof ELEMENT_TYPES;

/** The array that holds elements of a type. */
export type ElementArray<T extends ElementType> = InstanceType<typeof ELEMENT_TYPES[T]["array"]>;

/** The number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor in native memory. Whoever allocates it disposes it. */
export class Tensor<T extends ElementType = ElementType> implements Disposable {
  readonly type: T;
  readonly shape: readonly number[];
  readonly #library: OrtLibrary;
  #value: Pointer;
  #data: ElementArray<T> | undefined;
  readonly #address: Pointer;

  private constructor(
    library: OrtLibrary,
    type: T,
    shape: readonly number[],
    value: Pointer,
    address: Pointer,
  ) {
    this.#library = library;
    this.type = type;
    this.shape = shape;
    this.#value = value;
    this.#address = address;
  }

  /** Allocates a tensor. Its elements are undefined until they are written. */
  static allocate<T extends ElementType>(library: OrtLibrary, type: T, shape: readonly number[]): Tensor<T> {
    const { api, allocator } = library;
    const value = library.create((out) =>
      api.CreateTensorAsOrtValue(allocator, int64s(shape), shape.length, ELEMENT_TYPES[type].code, out)
    );
    const address = library.create((out) => api.GetTensorMutableData(value, out));
    return new Tensor(library, type, shape, value, address);
  }

  /** Element `index` of the first axis as a tensor of shape `(1, …)` over the same memory, which must outlive it. */
  at(index: number): Tensor<T> {
    const { api, memoryInfo } = this.#library;
    const { code, array } = ELEMENT_TYPES[this.type];
    if (!(index >= 0 && index < this.shape[0])) {
      throw new RangeError(`Cannot take element ${index} of a tensor of shape (${this.shape.join(", ")})`);
    }
    const shape = [1, ...this.shape.slice(1)];
    const bytes = elementCount(shape) * array.BYTES_PER_ELEMENT;
    const address = this.#address + index * bytes;
    const value = this.#library.create((out) =>
      api.CreateTensorWithDataAsOrtValue(memoryInfo, address, bytes, int64s(shape), shape.length, code, out)
    );
    return new Tensor(this.#library, this.type, shape, value, address);
  }

  /** The `OrtValue*`. */
  get value(): Pointer {
    if (this.#value === 0) throw new TypeError("Cannot use a tensor: it is disposed");
    return this.#value;
  }

  /** The elements, row-major, in native memory: writes are seen by the next run. Not to be kept. */
  get data(): ElementArray<T> {
    void this.value;
    const { array } = ELEMENT_TYPES[this.type];
    return this.#data ??= new array(
      this.#library.ffi.view(this.#address, elementCount(this.shape) * array.BYTES_PER_ELEMENT),
    ) as ElementArray<T>;
  }

  [Symbol.dispose](): void {
    if (this.#value === 0) return;
    this.#library.api.ReleaseValue(this.#value);
    this.#value = 0;
    this.#data = undefined;
  }
}

/**
 * Graphs as sessions take them, with the tensors that go in and out: what a graph declares is what is allocated, so
 * types and shapes stand in the graph alone.
 */
import type { OrtLibrary } from "./library.ts";
import type { DeviceMemory } from "./providers/device_memory.ts";
import { elementCount, type ElementType, Tensor } from "./value.ts";

/** A size of a tensor: a number, or the name of one that is known when the tensor is allocated. */
export type Dimension = number | string;

/** An input or an output of a graph. */
export interface TensorSpec<T extends ElementType = ElementType> {
  readonly name: string;
  readonly type: T;
  readonly shape: readonly Dimension[];
}

/** Tensors of a graph by their names. */
export type TensorSpecs = ReadonlyMap<string, TensorSpec>;

/** A graph to make a session from. */
export interface Graph {
  /** A serialised `ModelProto`. */
  readonly bytes: Uint8Array;
  readonly inputs: TensorSpecs;
  readonly outputs: TensorSpecs;
}

/** Sizes by the names that specs give them. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * Allocates a tensor of a graph. Whoever asks for it disposes it.
 *
 * @param memory A device's. Default: the processor's.
 * @throws {RangeError} when a size is not told.
 */
export function allocate<T extends ElementType>(
  library: OrtLibrary,
  spec: TensorSpec<T>,
  sizes: Sizes = {},
  memory?: DeviceMemory,
): Tensor<T> {
  return Tensor.allocate(library, spec.type, shapeOf(spec, sizes), memory);
}

/**
 * Allocates tensors of a graph in one block for each type: the system takes a large block back when it is freed, where
 * many smaller ones may stay with the process. Whoever asks for them disposes them.
 *
 * @param memory A device's. Default: the processor's.
 * @throws {RangeError} when a size is not told.
 */
export function allocateTogether<T extends ElementType>(
  library: OrtLibrary,
  specs: readonly TensorSpec<T>[],
  sizes: Sizes = {},
  memory?: DeviceMemory,
): Tensor<T>[] {
  using made = new DisposableStack();
  using blocks = new DisposableStack();
  const tensors = new Map<TensorSpec<T>, Tensor<T>>();
  for (const [type, alike] of Map.groupBy(specs, ({ type }) => type)) {
    const shapes = alike.map((spec) => shapeOf(spec, sizes));
    const total = shapes.reduce((sum, shape) => sum + elementCount(shape), 0);
    const block = blocks.use(Tensor.allocate(library, type, [total], memory));
    let start = 0;
    for (const [i, spec] of alike.entries()) {
      tensors.set(spec, made.use(block.part(start, shapes[i])));
      start += elementCount(shapes[i]);
    }
  }
  made.move();
  return specs.map((spec) => tensors.get(spec)!);
}

function shapeOf({ name, shape }: TensorSpec, sizes: Sizes): number[] {
  return shape.map((size) => {
    const number = typeof size === "number" ? size : sizes[size];
    if (number !== undefined) return number;
    throw new RangeError(`Cannot allocate ${name}: nothing tells its size "${size}"`);
  });
}

/**
 * The spec of a tensor whose type is one of `types`.
 *
 * @throws {RangeError} when the graph has none of that name, or it has another type.
 */
export function specOf<T extends ElementType>(
  specs: TensorSpecs,
  name: string,
  ...types: T[]
): TensorSpec<T> {
  const spec = specs.get(name);
  if (spec === undefined) throw new RangeError(`Cannot use ${name}: the graph has no such tensor`);
  if ((types as ElementType[]).includes(spec.type)) return spec as TensorSpec<T>;
  throw new RangeError(`Cannot use ${name}: it is ${spec.type}, wanted ${types.join(" or ")}`);
}

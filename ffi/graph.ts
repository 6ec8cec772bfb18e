/**
 * Graphs as sessions take them, with the tensors that go in and out: what a graph declares is what is allocated, so
 * types and shapes stand in the graph alone.
 */
import type { OrtLibrary } from "./library.ts";
import { type ElementType, Tensor } from "./value.ts";

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
 * Allocates a tensor of a graph in the processor's memory. Whoever asks for it disposes it.
 *
 * @throws {RangeError} when a size is not told.
 */
export function allocate<T extends ElementType>(
  library: OrtLibrary,
  spec: TensorSpec<T>,
  sizes: Sizes = {},
): Tensor<T> {
  const shape = spec.shape.map((size) => {
    const number = typeof size === "number" ? size : sizes[size];
    if (number !== undefined) return number;
    throw new RangeError(`Cannot allocate ${spec.name}: nothing tells its size "${size}"`);
  });
  return Tensor.allocate(library, spec.type, shape);
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

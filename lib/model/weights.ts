/**
 * A checkpoint's tensors as constants of a graph. The checkpoint's file is the external data, so no weight
 * passes through JavaScript; `Cast` and `Transpose` of constants are folded when the session is created.
 */
import { BYTES_PER_VALUE, type Checkpoint, isRowMajor, type TensorEntry } from "../checkpoint/types.ts";
import type { GraphBuilder } from "./onnx_writer.ts";
import type { FloatType } from "./precision.ts";
import type { LinearWeight } from "./quantized_linear.ts";

/** How a tensor lies in its file: as its shape says, with the two axes swapped, or otherwise. */
export function layoutOf(entry: TensorEntry): "row-major" | "column-major" | "strided" {
  if (isRowMajor(entry)) return "row-major";
  const { shape, strides } = entry;
  const swapped = { shape: [...shape].reverse(), strides: [...strides].reverse() };
  return shape.length === 2 && isRowMajor(swapped) ? "column-major" : "strided";
}

/** What a graph needs to know of a checkpoint. */
export interface WeightSource {
  readonly checkpoint: Checkpoint;
  /** The names of the checkpoint's files inside the folder of external data. */
  readonly locations: readonly string[];
  /** Row-major values of the tensors whose layout is `"strided"`, by name. */
  readonly strided: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

/** Adds weights to one graph. */
export class GraphWeights {
  readonly #graph: GraphBuilder;
  readonly #source: WeightSource;
  readonly #compute: FloatType;
  readonly #stored = new Map<string, string>();

  /** @param compute The type that weights are given in. */
  constructor(graph: GraphBuilder, source: WeightSource, compute: FloatType = "float32") {
    this.#graph = graph;
    this.#compute = compute;
    this.#source = source;
  }

  #entry(name: string): TensorEntry {
    const entry = this.#source.checkpoint.tensors.get(name);
    if (entry === undefined) throw new RangeError(`Cannot build the graph: the checkpoint has no ${name}`);
    return entry;
  }

  /** The tensor as it lies in the file. */
  #asStored(name: string): string {
    let value = this.#stored.get(name);
    if (value === undefined) this.#stored.set(name, value = this.#declare(name, this.#entry(name)));
    return value;
  }

  #declare(name: string, entry: TensorEntry): string {
    const layout = layoutOf(entry);
    if (layout === "strided") return this.#graph.constant(this.#source.strided.get(name)!, entry.shape);
    const shape = layout === "row-major" ? entry.shape : [...entry.shape].reverse();
    const length = entry.shape.reduce((product, size) => product * size, BYTES_PER_VALUE[entry.dtype]);
    const data = { location: this.#source.locations[entry.file], offset: entry.offset, length };
    return this.#graph.external(name, entry.dtype, shape, data);
  }

  #oriented(name: string, columnMajor: boolean): string {
    const entry = this.#entry(name);
    const swap = (layoutOf(entry) === "column-major") !== columnMajor;
    const stored = this.#asStored(name);
    return swap ? this.#graph.node("Transpose", [stored], { perm: [1, 0] }) : stored;
  }

  #cast(name: string, value: string): string {
    const stored = layoutOf(this.#entry(name)) === "strided" ? "float32" : this.#entry(name).dtype;
    return this.#graph.cast(value, stored, this.#compute);
  }

  /** The tensor in its own shape. */
  tensor(name: string): string {
    return this.#cast(name, this.#oriented(name, false));
  }

  /** The weight of a linear layer: `(out, in)` in the checkpoint. */
  linear(name: string): LinearWeight {
    const { shape: [outputs, inputs] } = this.#entry(name);
    return {
      inputs,
      outputs,
      columns: () => this.#cast(name, this.#oriented(name, true)),
      rows: () => this.tensor(name),
    };
  }

  /** The rows of a table at `indices`. Only those rows are read from the file and converted. */
  rows(name: string, indices: string): string {
    return this.#cast(name, this.#graph.node("Gather", [this.#oriented(name, false), indices], { axis: 0 }));
  }
}

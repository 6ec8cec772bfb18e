/**
 * A checkpoint's tensors as constants of a graph. The checkpoint's file is the external data, so no weight
 * passes through JavaScript; `Cast` and `Transpose` of constants are folded when the session is created. Where there is
 * a stage, they are run before it instead.
 */
import { BYTES_PER_VALUE, type Checkpoint, isRowMajor, type TensorEntry } from "../../checkpoint/types.ts";
import type { ConstantSpec, DataType, ExternalData, GraphBuilder } from "../onnx_writer.ts";
import type { FloatType } from "../precision.ts";
import type { DeriveFromWeight, LinearWeight } from "./quantized_linear.ts";

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

/** Adds constants that are made of weights to a graph; gives their names. */
export type DeriveConstants = (graph: GraphBuilder, weights: GraphWeights) => readonly string[];

/** Where constants are made before the session is created whose graph takes them. */
export interface ConstantStage {
  /** Has constants made; tells where they will lie. */
  place(specs: readonly ConstantSpec[], derive: DeriveConstants): readonly ExternalData[];
}

/** How weights are given. */
export interface GraphWeightsOptions {
  /** The type. @default {"float32"} */
  readonly compute?: FloatType;
  /** Where they are made ready before the graph's session is created. Default: while it is. */
  readonly stage?: ConstantStage;
}

/** Adds weights to one graph. */
export class GraphWeights {
  readonly #graph: GraphBuilder;
  readonly #source: WeightSource;
  readonly #compute: FloatType;
  readonly #stage: ConstantStage | undefined;
  readonly #stored = new Map<string, string>();
  #staged = 0;

  constructor(graph: GraphBuilder, source: WeightSource, options: GraphWeightsOptions = {}) {
    const { compute = "float32", stage } = options;
    this.#graph = graph;
    this.#compute = compute;
    this.#source = source;
    this.#stage = stage;
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

  #storedType(name: string): DataType {
    const entry = this.#entry(name);
    return layoutOf(entry) === "strided" ? "float32" : entry.dtype;
  }

  #cast(name: string, value: string): string {
    return this.#graph.cast(value, this.#storedType(name), this.#compute);
  }

  #derived(specs: readonly ConstantSpec[], derive: DeriveConstants): readonly string[] {
    if (this.#stage === undefined) return derive(this.#graph, this);
    const places = this.#stage.place(specs, derive);
    return specs.map(({ type, shape }, i) =>
      this.#graph.external(`staged_${this.#staged++}`, type, shape, places[i])
    );
  }

  #whole(name: string, shape: readonly number[], columnMajor: boolean): string {
    const derive: DeriveConstants = (_, weights) => [
      weights.#cast(name, weights.#oriented(name, columnMajor)),
    ];
    return this.#derived([{ type: this.#compute, shape }], derive)[0];
  }

  /** The tensor in its own shape. */
  tensor(name: string): string {
    return this.#whole(name, this.#entry(name).shape, false);
  }

  /** The weight of a linear layer: `(out, in)` in the checkpoint. */
  linear(name: string): LinearWeight {
    const { shape: [outputs, inputs] } = this.#entry(name);
    return {
      inputs,
      outputs,
      columns: () => this.#whole(name, [inputs, outputs], true),
      rows: () => this.tensor(name),
      derived: (specs: readonly ConstantSpec[], derive: DeriveFromWeight) =>
        this.#derived(specs, (graph, weights) => derive(graph, weights.linear(name))),
    };
  }

  /** The rows of a table at `indices`. Only those rows are read from the file and converted. */
  rows(name: string, indices: string): string {
    const { shape } = this.#entry(name);
    const [table] = this.#derived(
      [{ type: this.#storedType(name), shape }],
      (_, weights) => [weights.#oriented(name, false)],
    );
    return this.#cast(name, this.#graph.node("Gather", [table, indices], { axis: 0 }));
  }
}

/**
 * The layers the encoder and the decoder share. After `LayerNorm`, `Linear` and `ResidualAttentionBlock` of
 * openai/whisper's `model.py`. Values are `(batch, positions, state)`.
 */
import type { GraphBuilder } from "./onnx_writer.ts";
import { type LinearKind, quantizedProduct } from "./weights/quantized_linear.ts";
import type { GraphWeights } from "./weights/graph_weights.ts";

/** Says how the product with the weight of the linear layer `name` is computed. */
export type ChooseLinear = (name: string) => LinearKind;

/** Writes layers into one graph. */
export class Layers {
  readonly graph: GraphBuilder;
  readonly weights: GraphWeights;
  readonly #kindOf: ChooseLinear;

  constructor(graph: GraphBuilder, weights: GraphWeights, kindOf: ChooseLinear) {
    this.graph = graph;
    this.weights = weights;
    this.#kindOf = kindOf;
  }

  /** Normalises over the last axis. */
  layerNorm(x: string, name: string): string {
    const { graph, weights } = this;
    const scale = weights.tensor(`${name}.weight`), bias = weights.tensor(`${name}.bias`);
    return graph.node("LayerNormalization", [x, scale, bias], { axis: -1, epsilon: { float: 1e-5 } });
  }

  /** `x · weight + bias`; keys have no bias. */
  linear(x: string, name: string, bias = true): string {
    const { graph, weights } = this;
    const product = quantizedProduct(graph, this.#kindOf(name), x, weights.linear(`${name}.weight`));
    return bias ? graph.node("Add", [product, weights.tensor(`${name}.bias`)]) : product;
  }

  /** `x · tableᵀ`, for a table that rows are gathered from too. */
  projection(x: string, name: string): string {
    const { graph, weights } = this;
    const kind = this.#kindOf(name);
    if (kind !== "float") return quantizedProduct(graph, kind, x, weights.linear(`${name}.weight`));
    // A product with the transpose keeps one packed copy of the table.
    return graph.node("Gemm", [x, weights.tensor(`${name}.weight`)], { transB: 1 });
  }

  /** `x + y`. */
  add(x: string, y: string): string {
    return this.graph.node("Add", [x, y]);
  }

  /** The exact Gaussian error linear unit. */
  gelu(x: string): string {
    return this.graph.node("com.microsoft:Gelu", [x]);
  }

  /** The two linear layers at the end of a block, with their norm and the residual. */
  mlp(x: string, block: string): string {
    const hidden = this.gelu(this.linear(this.layerNorm(x, `${block}.mlp_ln`), `${block}.mlp.0`));
    return this.add(x, this.linear(hidden, `${block}.mlp.2`));
  }

  /** `(batch, positions, heads * size)` to `(batch, heads, positions, size)`, or as `perm` says. */
  splitHeads(x: string, shape: string, perm: readonly number[] = [0, 2, 1, 3]): string {
    return this.graph.node("Transpose", [this.graph.node("Reshape", [x, shape])], { perm });
  }
}

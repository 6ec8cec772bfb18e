/**
 * The graph of the audio encoder, with the projections of its output to the cross-attention keys and values of
 * every decoder layer, so that they are computed once a window. After `AudioEncoder` of openai/whisper's
 * `model.py`.
 *
 * | value | shape |
 * |---|---|
 * | in `mel` | `(batch, nMels, frames)`: an even number up to `2 * nAudioCtx` |
 * | out `audio_features` | `(batch, positions, nAudioState)`: one for two frames |
 * | out `cross_key_<layer>` | `(batch, nTextHead, size, positions)`, times the scale of the attention |
 * | out `cross_value_<layer>` | `(batch, nTextHead, positions, size)` |
 *
 * Where keys and values are bytes, `byte_attention.ts` says how they leave.
 */
import type { Graph } from "../../ffi/graph.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { byteKeysAndValues } from "./byte_attention.ts";
import { Layers } from "./layers.ts";
import { GraphBuilder } from "./onnx_writer.ts";
import type { Precision } from "./precision.ts";
import { type ConstantStage, GraphWeights, type WeightSource } from "./weights/graph_weights.ts";

/**
 * Writes the encoder.
 *
 * @param stage Where its weights are made ready before. Default: the graph does it.
 */
export function encoderGraph(source: WeightSource, precision: Precision, stage?: ConstantStage): Graph {
  const { dims } = source.checkpoint;
  const graph = new GraphBuilder();
  const { compute, linear } = precision;
  const layers = new Layers(graph, new GraphWeights(graph, source, { compute, stage }), () => linear.encoder);
  graph.input("mel", "float32", ["batch", dims.nMels, "frames"]);
  let x = stem(layers, graph.cast("mel", "float32", compute));
  for (let layer = 0; layer < dims.nAudioLayer; layer++) {
    x = block(layers, x, `encoder.blocks.${layer}`, dims.nAudioHead);
  }
  x = layers.layerNorm(x, "encoder.ln_post");
  graph.leaving({ name: "audio_features", from: compute, to: "float32" }, "Identity", [x]);
  graph.output("audio_features", "float32", ["batch", "positions", dims.nAudioState]);
  for (let layer = 0; layer < dims.nTextLayer; layer++) crossAttention(layers, x, layer, dims, precision);
  return graph.finish("encoder");
}

/** Two convolutions over time, the second halving the rate, and the positions. */
function stem(layers: Layers, mel: string): string {
  const { graph, weights } = layers;
  const convolve = (x: string, name: string, stride: number) => {
    const inputs = [x, weights.tensor(`${name}.weight`), weights.tensor(`${name}.bias`)];
    return layers.gelu(graph.node("Conv", inputs, { kernel_shape: [3], pads: [1, 1], strides: [stride] }));
  };
  const x = convolve(convolve(mel, "encoder.conv1", 1), "encoder.conv2", 2);
  const state = graph.node("Transpose", [x], { perm: [0, 2, 1] });
  const count = graph.node("Shape", [state], { start: 1, end: 2 });
  const embedding = weights.tensor("encoder.positional_embedding");
  return layers.add(state, graph.node("Slice", [embedding, graph.shape(0), count, graph.shape(0)]));
}

function block(layers: Layers, x: string, name: string, heads: number): string {
  const normed = layers.layerNorm(x, `${name}.attn_ln`);
  const query = layers.linear(normed, `${name}.attn.query`);
  const key = layers.linear(normed, `${name}.attn.key`, false);
  const value = layers.linear(normed, `${name}.attn.value`);
  const attended = layers.graph.node("com.microsoft:MultiHeadAttention", [query, key, value], {
    num_heads: heads,
  });
  return layers.mlp(layers.add(x, layers.linear(attended, `${name}.attn.out`)), name);
}

function crossAttention(
  layers: Layers,
  x: string,
  layer: number,
  dims: ModelDimensions,
  { compute, kv, cross }: Precision,
): void {
  const { graph } = layers;
  const { nTextHead, nTextState } = dims;
  const size = nTextState / nTextHead;
  const name = `decoder.blocks.${layer}.cross_attn`;
  if (cross === "bytes") {
    const keys = layers.linear(x, `${name}.key`, false), values = layers.linear(x, `${name}.value`);
    byteKeysAndValues(graph, { keys, values, layer, heads: nTextHead, size });
    return;
  }
  const heads = graph.shape(0, -1, nTextHead, size);
  // The scale is put on the keys once a window instead of on the queries at every step.
  const scale = graph.cast(graph.constant(Float32Array.of(size ** -0.5)), "float32", compute);
  const key = layers.splitHeads(layers.linear(x, `${name}.key`, false), heads, [0, 2, 3, 1]);
  graph.leaving({ name: `cross_key_${layer}`, from: compute, to: kv }, "Mul", [key, scale]);
  graph.output(`cross_key_${layer}`, kv, ["batch", nTextHead, size, "positions"]);
  const value = layers.splitHeads(layers.linear(x, `${name}.value`), heads);
  graph.leaving({ name: `cross_value_${layer}`, from: compute, to: kv }, "Identity", [value]);
  graph.output(`cross_value_${layer}`, kv, ["batch", nTextHead, "positions", size]);
}

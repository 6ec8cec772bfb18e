/**
 * The graph of the text decoder, over a KV cache that is appended to in place: the tensors bound as
 * `past_<layer>` are also bound as `present_<layer>`. After `TextDecoder` of openai/whisper's `model.py`.
 *
 * | value | shape |
 * |---|---|
 * | in `tokens` | `(rows, count)` |
 * | in `positions` | `(rows, count)`: the position of each token |
 * | in `last_position` | `(rows)`: the position of each row's last token; what comes after it fills up |
 * | in `total_length` | `()`: the largest number of positions of a row, the new ones included |
 * | in `window_rows` | `(windows, rows_per_window)`: the rows that hear each window, any row to fill up |
 * | in `row_places` | `(rows)`: where each row is in `window_rows`, counted through |
 * | in `selected` | `(selected)`: which of the `rows * count` new positions to give logits for |
 * | in `score_sizes` | `(2)`: how many heads and queries `cross_scores_<layer>` has, the first ones |
 * | in `cross_key_<layer>`, `cross_value_<layer>`, … | as the encoder gives them, `windows` being their batch |
 * | in/out `past_key_<layer>`, … | `(rows, nTextHead, nTextCtx, size)` |
 * | out `logits` | `(selected, nVocab)` |
 * | out `cross_scores_<layer>` | `(windows, scored_heads, scored_queries, audio_positions)`, before the softmax |
 *
 * `token_head.ts` adds what picks tokens. Rows may lie in any order; those of one window share its keys and values.
 *
 * What `GroupQueryAttention` takes in one run, on the CPU: a token of each row, whatever the rows hold; several tokens
 * of rows that hold none, filled up at the end; several tokens of one row.
 */
import type { Graph } from "../../ffi/graph.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { byteAttention, declareBytes } from "./byte_attention.ts";
import { modelFamily } from "./family.ts";
import { Layers } from "./layers.ts";
import { GraphBuilder } from "./onnx_writer.ts";
import type { Precision } from "./precision.ts";
import { tokenHead } from "./token_head.ts";
import { type ConstantStage, GraphWeights, type WeightSource } from "./weights/graph_weights.ts";

const TOKEN_EMBEDDING = "decoder.token_embedding";

/** What all blocks share. */
interface Shared {
  readonly layers: Layers;
  readonly dims: ModelDimensions;
  readonly precision: Precision;
  /** Shape `(windows, -1, nTextHead, size)`: queries of all rows of a window, by head. */
  readonly headShape: string;
  /** Shape `(-1, count, nTextState)`. */
  readonly stateShape: string;
  /** The scores of every layer's attention over the audio. */
  readonly scores: string[];
}

/**
 * Writes the decoder.
 *
 * @param stage Where its weights are made ready before. Default: the graph does it.
 */
export function decoderGraph(source: WeightSource, precision: Precision, stage?: ConstantStage): Graph {
  const { dims } = source.checkpoint;
  const graph = new GraphBuilder();
  const weights = new GraphWeights(graph, source, { compute: precision.compute, stage });
  const { decoder, logits: head } = precision.linear;
  const layers = new Layers(graph, weights, (name) => name === TOKEN_EMBEDDING ? head : decoder);
  declareInputs(graph, dims, precision);
  let x = layers.add(
    weights.rows(`${TOKEN_EMBEDDING}.weight`, "tokens"),
    weights.rows("decoder.positional_embedding", "positions"),
  );
  const shared = {
    layers,
    dims,
    precision,
    headShape: headShape(graph, dims),
    stateShape: graph.node("Concat", [
      graph.shape(-1),
      graph.node("Shape", [x], { start: 1, end: 3 }),
    ], { axis: 0 }),
    scores: [] as string[],
  };
  for (let layer = 0; layer < dims.nTextLayer; layer++) x = block(shared, x, layer);
  const flat = graph.node("Reshape", [x, graph.shape(-1, dims.nTextState)]);
  const selected = layers.layerNorm(graph.node("Gather", [flat, "selected"], { axis: 0 }), "decoder.ln");
  // The table of embeddings is the projection too.
  const logits = layers.projection(selected, TOKEN_EMBEDDING);
  graph.leaving({ name: "logits", from: precision.compute, to: "float32" }, "Identity", [logits]);
  graph.output("logits", "float32", ["selected", dims.nVocab]);
  tokenHead(graph, { nVocab: dims.nVocab, eot: modelFamily(source.checkpoint).specialTokens.eot });
  leaveScores(graph, shared.scores, precision);
  return graph.finish("decoder");
}

function declareInputs(
  graph: GraphBuilder,
  { nTextLayer, nTextHead, nTextState, nTextCtx }: ModelDimensions,
  { kv, cross }: Precision,
): void {
  const size = nTextState / nTextHead;
  graph.input("tokens", "int32", ["rows", "count"]);
  graph.input("positions", "int32", ["rows", "count"]);
  graph.input("last_position", "int32", ["rows"]);
  graph.input("total_length", "int32", []);
  graph.input("window_rows", "int32", ["windows", "rows_per_window"]);
  graph.input("row_places", "int32", ["rows"]);
  graph.input("selected", "int32", ["selected"]);
  graph.input("score_sizes", "int32", [2]);
  for (let layer = 0; layer < nTextLayer; layer++) {
    graph.input(`past_key_${layer}`, kv, ["rows", nTextHead, nTextCtx, size]);
    graph.input(`past_value_${layer}`, kv, ["rows", nTextHead, nTextCtx, size]);
    if (cross === "bytes") {
      declareBytes(graph, { layer, heads: nTextHead, size });
      continue;
    }
    graph.input(`cross_key_${layer}`, kv, ["windows", nTextHead, size, "audio_positions"]);
    graph.input(`cross_value_${layer}`, kv, ["windows", nTextHead, "audio_positions", size]);
  }
}

function headShape(graph: GraphBuilder, { nTextHead, nTextState }: ModelDimensions): string {
  const windows = graph.node("Shape", ["cross_key_0"], { start: 0, end: 1 });
  return graph.node("Concat", [windows, graph.shape(-1, nTextHead, nTextState / nTextHead)], { axis: 0 });
}

function block(shared: Shared, x: string, layer: number): string {
  const name = `decoder.blocks.${layer}`;
  const { layers } = shared;
  const attended = layers.add(x, selfAttention(shared, layers.layerNorm(x, `${name}.attn_ln`), layer));
  const crossed = layers.add(
    attended,
    crossAttention(shared, layers.layerNorm(attended, `${name}.cross_attn_ln`), layer),
  );
  return layers.mlp(crossed, name);
}

/** Causal attention over the cache, to which the operator appends the new keys and values. */
function selfAttention(
  { layers, dims, precision: { compute, kv } }: Shared,
  x: string,
  layer: number,
): string {
  const { graph } = layers;
  const name = `decoder.blocks.${layer}.attn`;
  const present = [`present_key_${layer}`, `present_value_${layer}`];
  const attended = graph.node(
    "com.microsoft:GroupQueryAttention",
    [
      // The operator takes them in the type of its cache.
      graph.cast(layers.linear(x, `${name}.query`), compute, kv),
      graph.cast(layers.linear(x, `${name}.key`, false), compute, kv),
      graph.cast(layers.linear(x, `${name}.value`), compute, kv),
      `past_key_${layer}`,
      `past_value_${layer}`,
      "last_position",
      "total_length",
    ],
    { num_heads: dims.nTextHead, kv_num_heads: dims.nTextHead },
    [`attended_${layer}`, ...present],
  );
  const shape = ["rows", dims.nTextHead, dims.nTextCtx, dims.nTextState / dims.nTextHead];
  for (const output of present) graph.output(output, kv, shape);
  return layers.linear(graph.cast(attended, kv, compute), `${name}.out`);
}

/**
 * Attention over the audio. The rows of a window are gathered and taken as so many queries of one product, so that its
 * keys and values are read once, not once a row.
 */
function crossAttention(shared: Shared, x: string, layer: number): string {
  const { layers, headShape, stateShape, precision } = shared;
  const { graph } = layers;
  const name = `decoder.blocks.${layer}.cross_attn`;
  const queries = graph.node("Gather", [layers.linear(x, `${name}.query`), "window_rows"], { axis: 0 });
  const query = layers.splitHeads(queries, headShape);
  const attend = precision.cross === "bytes" ? byteAttention : floatAttention;
  const scores = attend.scores(graph, query, layer, precision);
  shared.scores.push(scores);
  const attended = attend.values(graph, graph.node("Softmax", [scores], { axis: -1 }), layer, precision);
  const joined = graph.node("Transpose", [attended], { perm: [0, 2, 1, 3] });
  const rows = graph.node("Gather", [graph.node("Reshape", [joined, stateShape]), "row_places"], { axis: 0 });
  return layers.linear(rows, `${name}.out`);
}

/**
 * Lets the scores of the layers leave the graph, as many as are asked for. What leaves is kept to the end of a run, wanted
 * or not: all scores of a prompt of 223 tokens would be 32 MB with tiny, 856 with large.
 *
 * ONNX Runtime works its way back from the last node that nothing follows: the first layer's slice is that, and taken
 * before the second layer runs. Written in rising order, all would be taken when the last layer has run.
 */
function leaveScores(graph: GraphBuilder, scores: readonly string[], { compute }: Precision): void {
  const starts = graph.constant(Int32Array.of(0, 0)), axes = graph.constant(Int32Array.of(1, 2));
  for (let layer = scores.length - 1; layer >= 0; layer--) {
    const name = `cross_scores_${layer}`;
    graph.leaving({ name, from: compute, to: "float32" }, "Slice", [
      scores[layer],
      starts,
      "score_sizes",
      axes,
    ]);
    graph.output(name, "float32", ["windows", "scored_heads", "scored_queries", "audio_positions"]);
  }
}

/** The two products of attention, over keys and values of floating-point numbers. */
const floatAttention = {
  /** Scores of queries `(windows, heads, queries, size)`, by position. */
  scores(graph: GraphBuilder, query: string, layer: number, { compute, kv }: Precision): string {
    return graph.node("MatMul", [query, graph.cast(`cross_key_${layer}`, kv, compute)]);
  },

  /** Values by the shares that the queries give them, in the shape of the queries. */
  values(graph: GraphBuilder, shares: string, layer: number, { compute, kv }: Precision): string {
    return graph.node("MatMul", [shares, graph.cast(`cross_value_${layer}`, kv, compute)]);
  },
};

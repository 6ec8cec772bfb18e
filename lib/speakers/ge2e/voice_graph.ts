/**
 * The graph of Resemblyzer's voice encoder: three LSTM layers over the frames of a mel spectrogram, and a linear layer
 * with a ReLU on what the last remembers at the end. After `VoiceEncoder` of `resemblyzer`.
 */
import type { Graph } from "../../../ffi/graph.ts";
import { GraphBuilder } from "../../model/onnx_writer.ts";

/** Mel bands of its spectrogram. */
export const VOICE_BANDS = 40;
/** The numbers that tell a voice. */
export const VOICE_SIZE = 256;

const LAYERS = 3;
/** Rows of a weight of an LSTM layer: four gates. */
const ROWS = 4 * VOICE_SIZE;

/** The weights by their names in `voice_weights.ts`, row-major. */
export type VoiceWeights = (name: string) => Float32Array<ArrayBuffer>;

/** Writes the graph: `mel` `(frames, windows, 40)` in, `voice` `(windows, 256)` out, none below 0. */
export function voiceGraph(weights: VoiceWeights): Graph {
  const graph = new GraphBuilder();
  let sequence = graph.input("mel", "float32", ["frames", "windows", VOICE_BANDS]);
  let width = VOICE_BANDS, remembered = "";
  for (let layer = 0; layer < LAYERS; layer++) {
    const name = `lstm${layer}`;
    const kernel = graph.constant(weights(`${name}.input`), [1, ROWS, width]);
    const recurrence = graph.constant(weights(`${name}.recurrence`), [1, ROWS, VOICE_SIZE]);
    const bias = graph.constant(biasOf(weights, name), [1, 2 * ROWS]);
    remembered = `remembered_${layer}`;
    const all = graph.node("LSTM", [sequence, kernel, recurrence, bias], { hidden_size: VOICE_SIZE }, [
      `heard_${layer}`,
      remembered,
    ]);
    // From (frames, 1, windows, 256), whose second size is the direction.
    sequence = graph.node("Squeeze", [all, graph.shape(1)]);
    width = VOICE_SIZE;
  }
  const matrix = graph.constant(weights("linear"), [VOICE_SIZE, VOICE_SIZE]);
  const last = graph.node("Squeeze", [remembered, graph.shape(0)]);
  const sum = graph.node("Gemm", [last, matrix, graph.constant(weights("linear.bias"))], { transB: 1 });
  graph.node("Relu", [sum], {}, ["voice"]);
  graph.output("voice", "float32", ["windows", VOICE_SIZE]);
  return graph.finish("ge2e_voice_encoder");
}

/** The biases of a layer, those of its input first. */
function biasOf(weights: VoiceWeights, name: string): Float32Array<ArrayBuffer> {
  const bias = new Float32Array(2 * ROWS);
  bias.set(weights(`${name}.input.bias`));
  bias.set(weights(`${name}.recurrence.bias`), ROWS);
  return bias;
}

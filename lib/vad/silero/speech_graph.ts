/**
 * The graph of Silero VAD 6 for 16 kHz, written so that the frames of seconds of sound go through one matrix product a
 * layer. Its authors' graph convolves each frame by itself, which takes twice as long. After the modules of
 * `silero_vad`: a Fourier transform, four convolutions over four positions a frame, an LSTM over the
 * frames, a linear layer.
 */
import type { Graph } from "../../../ffi/graph.ts";
import { GraphBuilder } from "../../model/onnx_writer.ts";

/** Samples of a frame, 32 ms. */
export const FRAME_SAMPLES = 512;
/** Samples of the frame before that are heard again. */
export const CONTEXT_SAMPLES = 64;
/** The numbers that the LSTM remembers from frame to frame, twice. */
const STATE_SHAPE = [1, 1, 128] as const;

/** Samples of a Fourier transform; half of them are new. */
const N_FFT = 256;
const BINS = N_FFT / 2 + 1;
/** Fourier transforms of a frame: what is missing at its end is mirrored. */
const POSITIONS = 4;
const MIRRORED = 64;

/** The weights by their names in `speech_weights.ts`. */
export type SpeechWeights = (name: string) => Float32Array<ArrayBuffer>;

/** Writes the graph: `input` `(frames, 576)`, `h` and `c` in; `speech_probs` `(frames)`, `hn` and `cn` out. */
export function speechGraph(weights: SpeechWeights): Graph {
  const graph = new GraphBuilder();
  const sound = graph.input("input", "float32", ["frames", CONTEXT_SAMPLES + FRAME_SAMPLES]);
  const hidden = graph.input("h", "float32", STATE_SHAPE);
  const cell = graph.input("c", "float32", STATE_SHAPE);

  const spectra = magnitudes(graph, sound, weights("stft"));
  const first = convolve(graph, spectra, weights, {
    name: "conv1",
    width: BINS,
    positions: POSITIONS,
    stride: 1,
  });
  const second = convolve(graph, first, weights, {
    name: "conv2",
    width: 128,
    positions: POSITIONS,
    stride: 2,
  });
  const third = convolve(graph, second, weights, {
    name: "conv3",
    width: 64,
    positions: POSITIONS / 2,
    stride: 2,
  });
  const fourth = convolve(graph, third, weights, { name: "conv4", width: 64, positions: 1, stride: 1 });

  // The frames are its sequence.
  const sequence = graph.node("Reshape", [fourth, graph.shape(-1, 1, 128)]);
  const kernel = graph.constant(weights("lstm.input"), [1, 512, 128]);
  const recurrence = graph.constant(weights("lstm.recurrence"), [1, 512, 128]);
  const bias = graph.constant(weights("lstm.bias"), [1, 1024]);
  graph.node("LSTM", [sequence, kernel, recurrence, bias, "", hidden, cell], { hidden_size: 128 }, [
    "recalled",
    "hn",
    "cn",
  ]);
  const heard = graph.node("Relu", [graph.node("Reshape", ["recalled", graph.shape(-1, 128)])]);
  const score = graph.node("MatMul", [heard, graph.constant(weights("output.weight"), [128, 1])]);
  const shifted = graph.node("Add", [score, graph.constant(weights("output.bias"), [1])]);
  graph.node("Reshape", [graph.node("Sigmoid", [shifted]), graph.shape(-1)], {}, ["speech_probs"]);
  graph.output("speech_probs", "float32", ["frames"]);
  graph.output("hn", "float32", STATE_SHAPE);
  graph.output("cn", "float32", STATE_SHAPE);
  return graph.finish("silero_vad");
}

/** The magnitudes of the spectrum at four positions of each frame: `(frames, 4, 129)`. */
function magnitudes(graph: GraphBuilder, sound: string, basis: Float32Array): string {
  const pads = graph.shape(0, 0, 0, MIRRORED);
  const mirrored = graph.node("Pad", [sound, pads], { mode: "reflect" });
  const half = N_FFT / 2;
  const halves = graph.node("Reshape", [mirrored, graph.shape(-1, POSITIONS + 1, half)]);
  const windows = graph.node("Concat", [
    slice(graph, halves, 1, 0, POSITIONS),
    slice(graph, halves, 1, 1, POSITIONS + 1),
  ], {
    axis: 2,
  });
  // (258, 256): the cosines, then the sines.
  const product = graph.node("MatMul", [
    graph.node("Reshape", [windows, graph.shape(-1, N_FFT)]),
    graph.constant(transposed(basis, 2 * BINS, N_FFT), [N_FFT, 2 * BINS]),
  ]);
  const squares = graph.node("Mul", [product, product]);
  const power = graph.node("Add", [
    slice(graph, squares, 1, 0, BINS),
    slice(graph, squares, 1, BINS, 2 * BINS),
  ]);
  return graph.node("Reshape", [graph.node("Sqrt", [power]), graph.shape(-1, POSITIONS, BINS)]);
}

/** A convolution over the positions of a frame: kernel 3, a zero at either end, with its ReLU. */
interface Convolution {
  readonly name: string;
  /** Numbers a position. */
  readonly width: number;
  /** Positions that go in. */
  readonly positions: number;
  /** Positions from one that comes out to the next. */
  readonly stride: number;
}

/** `(frames, positions, width)` to `(frames, positions / stride, …)`. */
function convolve(
  graph: GraphBuilder,
  x: string,
  weights: SpeechWeights,
  { name, width, positions, stride }: Convolution,
): string {
  const weight = weights(`${name}.weight`), bias = weights(`${name}.bias`);
  const channels = bias.length;
  const outputs = Math.ceil(positions / stride);
  if (positions === 1) {
    // Its neighbours are zeros: only the middle of the kernel counts.
    const kernel = graph.constant(kernelRows(weight, channels, width, [1]), [width, channels]);
    const rows = graph.node("Reshape", [x, graph.shape(-1, width)]);
    return relu(graph, graph.node("MatMul", [rows, kernel]), bias);
  }
  const padded = graph.node("Pad", [x, graph.shape(0, 1, 0, 0, 1, 0)], {});
  const taps = [0, 1, 2].map((tap) => slice(graph, padded, 1, tap, tap + stride * (outputs - 1) + 1, stride));
  const rows = graph.node("Reshape", [
    graph.node("Concat", taps, { axis: 2 }),
    graph.shape(-1, 3 * width),
  ]);
  const kernel = graph.constant(kernelRows(weight, channels, width, [0, 1, 2]), [3 * width, channels]);
  const y = relu(graph, graph.node("MatMul", [rows, kernel]), bias);
  return graph.node("Reshape", [y, graph.shape(-1, outputs, channels)]);
}

function relu(graph: GraphBuilder, x: string, bias: Float32Array<ArrayBuffer>): string {
  return graph.node("Relu", [graph.node("Add", [x, graph.constant(bias)])]);
}

function slice(
  graph: GraphBuilder,
  x: string,
  axis: number,
  start: number,
  end: number,
  step = 1,
): string {
  return graph.node("Slice", [x, graph.shape(start), graph.shape(end), graph.shape(axis), graph.shape(step)]);
}

/** `(channels, width, 3)` to `(taps * width, channels)`. */
function kernelRows(
  weight: Float32Array,
  channels: number,
  width: number,
  taps: readonly number[],
): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(taps.length * width * channels);
  let at = 0;
  for (const tap of taps) {
    for (let i = 0; i < width; i++) {
      for (let channel = 0; channel < channels; channel++) {
        rows[at++] = weight[(channel * width + i) * 3 + tap];
      }
    }
  }
  return rows;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: matrix.length },
    (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)],
  );
}

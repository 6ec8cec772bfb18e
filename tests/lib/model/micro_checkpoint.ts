/**
 * Checkpoints with random weights in the layouts of the official models, shrunk in width: every graph, tokenizer
 * and reader path of a model without its gigabytes. The same bytes on every runtime, so that reference results
 * can be computed elsewhere.
 */
import { elementCount } from "../../../ffi/value.ts";
import { tensorShapes } from "../../../lib/checkpoint/format/state_dict.ts";
import type { ModelDimensions } from "../../../lib/checkpoint/types.ts";
import { weightDistribution } from "../../../lib/doctor/random_weights.ts";
import { seededNormal } from "../../seeded_random.ts";
import { snakeCase } from "../../snake_case.ts";
import { buildTorch, type Dtype, rowMajor, store, type TensorSpec } from "../checkpoint/corpus/model.ts";
import { Dict } from "../checkpoint/corpus/pickle.ts";

/** What a micro checkpoint is made from. */
export interface MicroLayout {
  readonly dims: ModelDimensions;
  readonly dtype: Dtype;
  /** Whether Linear weights lie column by column, as in the official files. */
  readonly columnMajor: boolean;
  readonly seed: number;
}

const OFFICIAL = { dtype: "float16", columnMajor: true } as const;

/** The layouts that differ: vocabulary, mel bands, depth, head width, value type and weight order. */
export const MICRO_LAYOUTS = {
  "large-v3": { dims: dims(128, 51866, { state: 64, audio: [4, 2], text: [4, 2] }), ...OFFICIAL, seed: 1 },
  "turbo": { dims: dims(128, 51866, { state: 64, audio: [6, 1], text: [4, 1] }), ...OFFICIAL, seed: 2 },
  "multilingual": {
    dims: dims(80, 51865, { state: 48, audio: [2, 1], text: [3, 2] }),
    dtype: "float32",
    columnMajor: false,
    seed: 3,
  },
  "english": {
    dims: dims(80, 51864, { state: 32, audio: [2, 2], text: [2, 1] }),
    dtype: "float16",
    columnMajor: false,
    seed: 4,
  },
} satisfies Record<string, MicroLayout>;

/** The name of a layout. */
export type MicroLayoutName = keyof typeof MICRO_LAYOUTS;

/** Gives the bytes of a `.pt` file. */
export function microCheckpoint(layout: MicroLayout): Uint8Array<ArrayBuffer> {
  const dims = new Dict(Object.entries(snakeCase({ ...layout.dims })));
  return buildTorch({ tensors: microTensors(layout), dims }).bytes;
}

/** The tensors of a layout with their random values. */
export function microTensors({ dims, dtype, columnMajor, seed }: MicroLayout): TensorSpec[] {
  const normal = seededNormal(seed);
  return Array.from(tensorShapes(dims), ([name, shape], i): TensorSpec => {
    const { mean, deviation } = weightDistribution(name, shape);
    const count = elementCount(shape);
    const values = Float32Array.from({ length: count }, () => mean + deviation * normal());
    const transposed = columnMajor && shape.length === 2 && !name.includes("embedding");
    const strides = transposed ? [1, shape[0]] : rowMajor(shape);
    return { name, shape, strides, data: store(values, dtype), dtype, key: String(i), offset: 0, count };
  });
}

interface Sizes {
  state: number;
  audio: [layers: number, heads: number];
  text: [layers: number, heads: number];
}

function dims(nMels: number, nVocab: number, { state, audio, text }: Sizes): ModelDimensions {
  return {
    nMels,
    nAudioCtx: 1500,
    nAudioState: state,
    nAudioHead: audio[1],
    nAudioLayer: audio[0],
    nVocab,
    nTextCtx: 448,
    nTextState: state,
    nTextHead: text[1],
    nTextLayer: text[0],
  };
}

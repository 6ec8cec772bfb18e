/**
 * A model of random weights, made in memory: every operator of a real one, in a few megabytes that nobody ships. Random
 * text is as good as any to tell whether a machine computes as it should.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { NativeMemory } from "../../ffi/native_memory.ts";
import { elementCount } from "../../ffi/value.ts";
import { checkpointOf, tensorShapes } from "../checkpoint/format/state_dict.ts";
import { type ModelDimensions, rowMajorStrides, type TensorEntry } from "../checkpoint/types.ts";
import { Whisper } from "../model/whisper.ts";
import { seededNormal, weightDistribution } from "./random_weights.ts";

/** The layout of `tiny.en`, shrunk: windows and vocabulary are those of the official models. */
const DIMS: ModelDimensions = {
  nMels: 80,
  nAudioCtx: 1500,
  nAudioState: 32,
  nAudioHead: 2,
  nAudioLayer: 1,
  nVocab: 51864,
  nTextCtx: 448,
  nTextState: 32,
  nTextHead: 1,
  nTextLayer: 2,
};

const SEED = 4;

/** The name under which sessions ask for the weights. */
const LOCATION = "random";

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Makes the model on the CPU. Whoever makes it disposes it. */
export async function makeRandomModel(library: OrtLibrary, threads?: number): Promise<Whisper> {
  const tensors = new Map<string, TensorEntry>();
  let count = 0;
  for (const [name, shape] of tensorShapes(DIMS)) {
    tensors.set(name, {
      dtype: "float32",
      shape,
      strides: rowMajorStrides(shape),
      offset: count * BYTES,
      file: 0,
    });
    count += elementCount(shape);
  }
  using memory = new NativeMemory(library, count * BYTES);
  const values = new Float32Array(memory.bytes.buffer, memory.bytes.byteOffset, count);
  const normal = seededNormal(SEED);
  for (const [name, { shape, offset }] of tensors) {
    const { mean, deviation } = weightDistribution(name, shape);
    const start = offset / BYTES;
    for (let i = 0; i < elementCount(shape); i++) values[start + i] = mean + deviation * normal();
  }
  const source = { checkpoint: checkpointOf(tensors, DIMS), locations: [LOCATION], strided: new Map() };
  return await Whisper.create(library, source, {
    provider: "cpu",
    threads,
    externalFiles: new Map([[LOCATION, memory]]),
  });
}

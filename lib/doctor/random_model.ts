/**
 * A model of random weights, made in memory: every operator of a real one, in a few megabytes that nobody ships. Random
 * text is as good as any to tell whether a machine computes as it should.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { NativeMemory } from "../../ffi/native_memory.ts";
import { checkpointOf, tensorShapes } from "../checkpoint/format/state_dict.ts";
import type { ModelDimensions, TensorEntry } from "../checkpoint/types.ts";
import { Whisper } from "../model/whisper.ts";

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
    tensors.set(name, { dtype: "float32", shape, strides: rowMajor(shape), offset: count * BYTES, file: 0 });
    count += sizeOf(shape);
  }
  using memory = new NativeMemory(library, count * BYTES);
  const values = new Float32Array(memory.bytes.buffer, memory.bytes.byteOffset, count);
  const normal = seededNormal(SEED);
  for (const [name, { shape, offset }] of tensors) {
    const { mean, deviation } = distribution(name, shape);
    const start = offset / BYTES;
    for (let i = 0; i < sizeOf(shape); i++) values[start + i] = mean + deviation * normal();
  }
  const source = { checkpoint: checkpointOf(tensors, DIMS), locations: [LOCATION], strided: new Map() };
  return await Whisper.create(library, source, {
    provider: "cpu",
    threads,
    externalFiles: new Map([[LOCATION, memory]]),
  });
}

/** Spreads that make the tokens depend on the sound, and the best one clearly the best. */
function distribution(name: string, shape: readonly number[]): { mean: number; deviation: number } {
  if (name.endsWith("bias")) return { mean: 0, deviation: 0.2 };
  if (shape.length === 1) return { mean: 1, deviation: 0.2 };
  if (name === "decoder.token_embedding.weight") return { mean: 0, deviation: 0.35 };
  if (name === "decoder.positional_embedding") return { mean: 0, deviation: 2 };
  if (name === "encoder.positional_embedding") return { mean: 0, deviation: 0.5 };
  const gain = /query|key|mlp/.test(name) ? 2 : 1;
  return { mean: 0, deviation: gain / Math.sqrt(sizeOf(shape.slice(1))) };
}

/** Nearly normal numbers, the same on every machine: sums of four uniform ones, of Marsaglia's 32-bit xorshift. */
function seededNormal(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, i) => sizeOf(shape.slice(i + 1)));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

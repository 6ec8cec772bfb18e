/** Checkpoints of random weights in the layouts of the official models, for what does not hang on what a model knows. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { tensorShapes } from "../../lib/checkpoint/format/state_dict.ts";
import type { ModelDimensions } from "../../lib/checkpoint/types.ts";
import { elementCount } from "../../ffi/value.ts";
import { seededNormal, weightDistribution } from "../../lib/doctor/random_weights.ts";

/** Layouts by the name of the multilingual model: width, heads, layers of the encoder and of the decoder. */
const LAYOUTS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  "tiny": [384, 6, 4, 4],
  "base": [512, 8, 6, 6],
  "small": [768, 12, 12, 12],
  "medium": [1024, 16, 24, 24],
  "turbo": [1280, 20, 32, 4],
  "large-v3": [1280, 20, 32, 32],
};

/** Their names, the smallest first. */
export const SIZES: readonly string[] = Object.keys(LAYOUTS);

/** How many random numbers there are; weights take them from another place each time. */
const NUMBERS = 1 << 20;

function dimensionsOf(size: string): ModelDimensions {
  const [width, heads, audioLayers, textLayers] = LAYOUTS[size];
  const isThird = width === 1280;
  return {
    nMels: isThird ? 128 : 80,
    nAudioCtx: 1500,
    nAudioState: width,
    nAudioHead: heads,
    nAudioLayer: audioLayers,
    nVocab: isThird ? 51866 : 51865,
    nTextCtx: 448,
    nTextState: width,
    nTextHead: heads,
    nTextLayer: textLayers,
  };
}

/**
 * Writes a `.safetensors` file in float16 with the tensors of a model of that size.
 *
 * @returns Its SHA-256.
 */
export async function writeRandomCheckpoint(path: string, size: string): Promise<string> {
  const normal = seededNormal(1);
  const numbers = Float32Array.from({ length: NUMBERS }, normal);
  const shapes = tensorShapes(dimensionsOf(size));
  await using file = await open(path, "w");
  const hash = createHash("sha256");
  const write = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await file.writeFile(bytes);
  };
  await write(header(shapes));
  let at = 0;
  for (const [name, shape] of shapes) {
    const { mean, deviation } = weightDistribution(name, shape);
    for (let left = elementCount(shape); left > 0;) {
      const piece = numbers.subarray(at, at + left);
      const weights = new Float16Array(piece.length);
      // Ten times as fast as `from` with a function.
      for (let i = 0; i < piece.length; i++) weights[i] = mean + deviation * piece[i];
      await write(new Uint8Array(weights.buffer));
      left -= piece.length;
      at = (at + piece.length) % NUMBERS;
    }
  }
  return hash.digest("hex");
}

/** What a `.safetensors` file begins with: where each tensor stands. */
function header(shapes: ReadonlyMap<string, readonly number[]>): Uint8Array {
  let end = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const start = end;
    end += elementCount(shape) * Float16Array.BYTES_PER_ELEMENT;
    return [name, { dtype: "F16", shape, data_offsets: [start, end] }] as const;
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

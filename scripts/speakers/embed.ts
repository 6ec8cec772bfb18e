/**
 * Writes the weights of the voice encoder as a TypeScript module: `embed.ts FILE`, FILE being `resemblyzer/pretrained.pt`
 * of the PyPI package `Resemblyzer`, 0.1.4. Numbers are rounded to float16, and gates are
 * put in ONNX's order; rounded to 8 bits, voices are as far off as a cosine of 0.84. Text in a module is what every way of
 * loading this library can bring along: see `../audio_wasm/embed.ts`.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { deflateRawSync } from "node:zlib";
import type { StoredTensor } from "../../lib/checkpoint/format/stored_tensor.ts";
import { readTorchFile } from "../../lib/checkpoint/format/torch/torch_checkpoint.ts";
import { readTensorValues } from "../../lib/checkpoint/tensor_values.ts";
import type { TensorEntry } from "../../lib/checkpoint/types.ts";

const LAYERS = 3;
/** PyTorch's gates are input, forget, cell, output; ONNX's input, output, forget, cell. */
const GATES = [0, 3, 1, 2];

const file = readFileSync(process.argv[2]);
const read = (offset: number, length: number) =>
  Promise.resolve(new Uint8Array(file.subarray(offset, offset + length)));
const { tensors } = await readTorchFile(read, file.length);

async function valuesOf(name: string): Promise<Float32Array> {
  const tensor: StoredTensor | undefined = tensors.get(name);
  if (tensor === undefined || !("shape" in tensor)) throw new Error(`${process.argv[2]} has no ${name}`);
  return await readTensorValues(tensor as TensorEntry, read);
}

/** Puts the quarters of a matrix, or of a bias, in another order. */
function inOnnxOrder(values: Float32Array): Float32Array {
  const quarter = values.length / GATES.length;
  const ordered = new Float32Array(values.length);
  GATES.forEach((gate, i) => ordered.set(values.subarray(gate * quarter, (gate + 1) * quarter), i * quarter));
  return ordered;
}

const parts: { name: string; data: Float16Array }[] = [];
for (let layer = 0; layer < LAYERS; layer++) {
  for (const [name, part] of [["input", "ih"], ["recurrence", "hh"]] as const) {
    for (const [kind, suffix] of [["weight", ""], ["bias", ".bias"]]) {
      const values = inOnnxOrder(await valuesOf(`lstm.${kind}_${part}_l${layer}`));
      parts.push({ name: `lstm${layer}.${name}${suffix}`, data: Float16Array.from(values) });
    }
  }
}
for (const [name, there] of [["linear", "linear.weight"], ["linear.bias", "linear.bias"]]) {
  parts.push({ name, data: Float16Array.from(await valuesOf(there)) });
}

const bytes = Buffer.concat(parts.map(({ data }) => new Uint8Array(data.buffer)));
const text = deflateRawSync(bytes, { level: 9 }).toString("base64");
const digest = createHash("sha256").update(file).digest("hex");

writeFileSync(
  new URL("../../lib/speakers/ge2e/voice_weights.ts", import.meta.url),
  `/**
 * The weights of Resemblyzer's voice encoder, a GE2E speaker model: ${bytes.length} bytes of float16, deflated, in base64,
 * taken by \`scripts/speakers/embed.ts\` out of \`resemblyzer/pretrained.pt\` of the PyPI package \`Resemblyzer\` 0.1.4, whose SHA-256
 * is ${digest}.
 * Resemblyzer is Resemble AI's and Corentin Jemine's, Apache License 2.0: see \`LICENSE\` beside this file. Changed: the
 * numbers are rounded to float16, and the gates are in ONNX's order.
 */

/** How many numbers each weight has, in their order. */
export const WEIGHT_SIZES: readonly (readonly [name: string, count: number])[] = [
${parts.map(({ name, data }) => `  ["${name}", ${data.length}],`).join("\n")}
];

// deno-fmt-ignore
export const WEIGHTS_BASE64 = "${text}";
`,
);
process.stdout.write(`${bytes.length} bytes, ${text.length} as text, SHA-256 of the file ${digest}\n`);

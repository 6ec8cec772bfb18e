/**
 * Writes the weights of the model of voice activity as a TypeScript module: `embed.ts FILE`, FILE being
 * `silero_vad/data/silero_vad_16k_sequence.onnx` of the PyPI package `silero-vad`, 6.2.3. Text in a module is what every
 * way of loading this library can bring along: see `../audio_wasm/embed.ts`.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { deflateRawSync } from "node:zlib";

/** The weights in the file, by what they are called here. */
const NAMES: Readonly<Record<string, string>> = {
  "stft": "stft.forward_basis_buffer",
  "conv1.weight": "encoder.0.weight",
  "conv1.bias": "encoder.0.bias",
  "conv2.weight": "encoder.1.weight",
  "conv2.bias": "encoder.1.bias",
  "conv3.weight": "encoder.2.weight",
  "conv3.bias": "encoder.2.bias",
  "conv4.weight": "encoder.3.weight",
  "conv4.bias": "encoder.3.bias",
  "lstm.input": "onnx::LSTM_209",
  "lstm.recurrence": "onnx::LSTM_210",
  "lstm.bias": "onnx::LSTM_211",
  "output.weight": "output.weight",
  "output.bias": "output.bias",
};

/** The fields of a message in protocol buffers' wire format: numbers, and bytes. */
function fieldsOf(message: Uint8Array): { field: number; value: number | Uint8Array }[] {
  const fields: { field: number; value: number | Uint8Array }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint(), kind = tag & 7;
    const length = kind === 2 ? varint() : kind === 5 ? 4 : kind === 1 ? 8 : 0;
    const value = kind === 0 ? varint() : message.subarray(at, at + length);
    at += length;
    fields.push({ field: Math.floor(tag / 8), value });
  }
  return fields;
}

const [MODEL_GRAPH, GRAPH_INITIALIZER, TENSOR_NAME, TENSOR_RAW_DATA] = [7, 5, 8, 9];
const bytesOf = (message: Uint8Array, wanted: number) =>
  fieldsOf(message).filter(({ field }) => field === wanted).map(({ value }) => value as Uint8Array);

const file = readFileSync(process.argv[2]);
const [graph] = bytesOf(file, MODEL_GRAPH);
const tensors = new Map(
  bytesOf(graph, GRAPH_INITIALIZER).map((tensor) => [
    new TextDecoder().decode(bytesOf(tensor, TENSOR_NAME)[0]),
    bytesOf(tensor, TENSOR_RAW_DATA)[0],
  ]),
);
const parts = Object.entries(NAMES).map(([name, there]) => ({ name, data: tensors.get(there)! }));
const bytes = Buffer.concat(parts.map(({ data }) => data));
const text = deflateRawSync(bytes, { level: 9 }).toString("base64");
const digest = createHash("sha256").update(file).digest("hex");

writeFileSync(
  new URL("../../lib/vad/silero/speech_weights.ts", import.meta.url),
  `/**
 * The weights of Silero VAD 6.2.3 for 16 kHz: ${bytes.length} bytes of float32, deflated, in base64, taken by
 * \`scripts/vad/embed.ts\` out of \`silero_vad_16k_sequence.onnx\` of the PyPI package \`silero-vad\`, whose SHA-256 is
 * ${digest}.
 * Copyright 2020-present Silero Team, MIT licence: see \`LICENSE\` beside this file.
 */

/** How many numbers each weight has, in their order. */
export const WEIGHT_SIZES: readonly (readonly [name: string, count: number])[] = [
${parts.map(({ name, data }) => `  ["${name}", ${data.length / 4}],`).join("\n")}
];

// deno-fmt-ignore
export const WEIGHTS_BASE64 = "${text}";
`,
);
process.stdout.write(`${bytes.length} bytes, ${text.length} as text, SHA-256 of the file ${digest}\n`);

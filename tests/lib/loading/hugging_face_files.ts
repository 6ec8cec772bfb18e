/** A checkpoint in Hugging Face's layout. */
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { readTensorValues } from "../../../lib/checkpoint/tensor_values.ts";
import type { ModelDimensions } from "../../../lib/checkpoint/types.ts";
import { huggingFaceConfig, huggingFaceName, store } from "../checkpoint/corpus/model.ts";

const EMBEDDING = "decoder.token_embedding.weight";

/** The files of a folder, with the weights of a checkpoint and rows more that are like those of some tokens. */
export async function huggingFaceFiles(
  path: string,
  rows = 0,
  like: readonly number[] = [],
): Promise<Record<string, Uint8Array | object>> {
  await using opened = await openCheckpoint(path);
  const { dims: small, tensors } = opened.checkpoint;
  const dims: ModelDimensions = { ...small, nVocab: small.nVocab + rows };
  const header: Record<string, unknown> = {};
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const [name, entry] of tensors) {
    let values = await readTensorValues(entry, opened.files[entry.file].read);
    const isEmbedding = name === EMBEDDING;
    // The rows nobody trained win wherever they may, like the "so so so" of a vocabulary counted from the end.
    if (isEmbedding) values = withRows(values, rows, like, small.nTextState);
    const shape = isEmbedding ? [dims.nVocab, dims.nTextState] : entry.shape;
    const bytes = store(values, entry.dtype);
    const dtype = entry.dtype === "float16" ? "F16" : "F32";
    header[huggingFaceName(name)] = { dtype, shape, data_offsets: [at, at += bytes.length] };
    pieces.push(bytes);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  const weights = new Uint8Array(await new Blob([length, text, ...pieces as BlobPart[]]).arrayBuffer());
  return { "config.json": huggingFaceConfig(dims), "model.safetensors": weights };
}

/** Adds rows that are multiples of some tokens' rows. */
function withRows(
  values: Float32Array<ArrayBuffer>,
  rows: number,
  like: readonly number[],
  width: number,
): Float32Array<ArrayBuffer> {
  const wider = new Float32Array(values.length + rows * width);
  wider.set(values);
  for (let row = 0; row < rows; row++) {
    const from = like[row % like.length] * width;
    for (let i = 0; i < width; i++) wider[values.length + row * width + i] = 3 * values[from + i];
  }
  return wider;
}

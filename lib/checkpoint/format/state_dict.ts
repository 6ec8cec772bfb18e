/**
 * The state dict of `Whisper` in openai/whisper's `model.py`: which tensors a model of given dimensions has,
 * and the check that a checkpoint has these, in these shapes, and no others.
 */
import { inferDimensions } from "./dimensions.ts";
import { hasHuggingFaceNames, renameTensors } from "./hugging_face.ts";
import { quote, refuse } from "./refuse.ts";
import { checkSharing } from "./shared_bytes.ts";
import type { Checkpoint, ModelDimensions, TensorEntry } from "../types.ts";

/**
 * Makes a checkpoint of tensors that came without dimensions: their shapes tell these. Tensors with Hugging
 * Face's names get openai/whisper's.
 *
 * @throws {CheckpointFormatError} when a tensor is missing, unknown or of the wrong shape.
 */
export function checkpointOfTensors(tensors: ReadonlyMap<string, TensorEntry>): Checkpoint {
  const named = hasHuggingFaceNames(tensors) ? renameTensors(tensors, true) : tensors;
  return checkpointOf(named, inferDimensions(named));
}

/**
 * Makes a checkpoint of tensors with openai/whisper's names and their dimensions.
 *
 * @throws {CheckpointFormatError} when a tensor is missing, unknown or of the wrong shape.
 */
export function checkpointOf(
  tensors: ReadonlyMap<string, TensorEntry>,
  dims: ModelDimensions,
): Checkpoint {
  const wanted = tensorShapes(dims);
  const missing = [...wanted.keys()].filter((name) => !tensors.has(name));
  if (missing.length > 0) refuse(`the model has no ${listNames(missing)}`);
  const extra = [...tensors.keys()].filter((name) => !wanted.has(name));
  if (extra.length > 0) refuse(`the model has ${listNames(extra)}, which its dimensions do not ask for`);
  for (const [name, shape] of wanted) {
    const entry = tensors.get(name)!;
    if (String(entry.shape) !== String(shape)) {
      refuse(
        `the tensor ${quote(name)} has shape (${entry.shape}), the dimensions ask for (${shape})`,
        entry.offset,
      );
    }
  }
  checkSharing(tensors.values());
  return { dims, tensors };
}

/** Gives the shape of every tensor of a model, by name. */
export function tensorShapes(dims: ModelDimensions): Map<string, readonly number[]> {
  const { nAudioState, nTextState } = dims;
  const shapes = new Map<string, readonly number[]>([
    ["encoder.conv1.weight", [nAudioState, dims.nMels, 3]],
    ["encoder.conv1.bias", [nAudioState]],
    ["encoder.conv2.weight", [nAudioState, nAudioState, 3]],
    ["encoder.conv2.bias", [nAudioState]],
    ["encoder.positional_embedding", [dims.nAudioCtx, nAudioState]],
    ["decoder.token_embedding.weight", [dims.nVocab, nTextState]],
    ["decoder.positional_embedding", [dims.nTextCtx, nTextState]],
  ]);
  addNorm(shapes, "encoder.ln_post", nAudioState);
  addNorm(shapes, "decoder.ln", nTextState);
  for (let layer = 0; layer < dims.nAudioLayer; layer++) {
    addBlock(shapes, `encoder.blocks.${layer}`, nAudioState, ["attn"]);
  }
  for (let layer = 0; layer < dims.nTextLayer; layer++) {
    addBlock(shapes, `decoder.blocks.${layer}`, nTextState, ["attn", "cross_attn"]);
  }
  return shapes;
}

function addBlock(
  shapes: Map<string, readonly number[]>,
  block: string,
  state: number,
  attentions: readonly string[],
): void {
  for (const attention of attentions) {
    for (const part of ["query", "key", "value", "out"]) {
      shapes.set(`${block}.${attention}.${part}.weight`, [state, state]);
      if (part !== "key") shapes.set(`${block}.${attention}.${part}.bias`, [state]);
    }
    addNorm(shapes, `${block}.${attention}_ln`, state);
  }
  shapes.set(`${block}.mlp.0.weight`, [4 * state, state]);
  shapes.set(`${block}.mlp.0.bias`, [4 * state]);
  shapes.set(`${block}.mlp.2.weight`, [state, 4 * state]);
  shapes.set(`${block}.mlp.2.bias`, [state]);
  addNorm(shapes, `${block}.mlp_ln`, state);
}

function addNorm(shapes: Map<string, readonly number[]>, name: string, state: number): void {
  shapes.set(`${name}.weight`, [state]);
  shapes.set(`${name}.bias`, [state]);
}

function listNames(names: readonly string[]): string {
  return names.length === 1
    ? `tensor ${quote(names[0])}`
    : `tensor ${quote(names[0])} and ${names.length - 1} more`;
}

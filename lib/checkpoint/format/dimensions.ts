/**
 * The dimensions of a model: `ModelDimensions` in openai/whisper's `model.py`. A checkpoint of openai/whisper
 * has them as `dims`; a file that holds nothing but tensors has them in the tensors' shapes.
 */
import { MAX_DIMENSION, MAX_LAYERS } from "./limits.ts";
import { quote, refuse } from "./refuse.ts";
import type { ModelDimensions, TensorEntry } from "../types.ts";
import { kindOf } from "./values.ts";

/** openai/whisper's name of each dimension. */
const NAMES: Readonly<Record<keyof ModelDimensions, string>> = {
  nMels: "n_mels",
  nVocab: "n_vocab",
  nAudioCtx: "n_audio_ctx",
  nAudioState: "n_audio_state",
  nAudioHead: "n_audio_head",
  nAudioLayer: "n_audio_layer",
  nTextCtx: "n_text_ctx",
  nTextState: "n_text_state",
  nTextHead: "n_text_head",
  nTextLayer: "n_text_layer",
};

/** The width of an attention head in every published Whisper model. */
const HEAD_WIDTH = 64;

/**
 * Takes the dimensions out of a checkpoint's `dims`.
 *
 * @throws {CheckpointFormatError} when one is missing, unknown, no integer or impossible.
 */
export function dimensionsOf(dims: ReadonlyMap<unknown, unknown>): ModelDimensions {
  const known = new Set<unknown>(Object.values(NAMES));
  for (const name of dims.keys()) {
    if (!known.has(name)) refuse(`dims have ${quote(String(name))}, which is no dimension of Whisper`);
  }
  const value = (key: keyof ModelDimensions): number => dimension(dims.get(NAMES[key]), NAMES[key]);
  return checkDimensions(mapDimensions(value));
}

/** Makes dimensions out of a value for each. */
export function mapDimensions(value: (key: keyof ModelDimensions) => number): ModelDimensions {
  return {
    nMels: value("nMels"),
    nAudioCtx: value("nAudioCtx"),
    nAudioState: value("nAudioState"),
    nAudioHead: value("nAudioHead"),
    nAudioLayer: value("nAudioLayer"),
    nVocab: value("nVocab"),
    nTextCtx: value("nTextCtx"),
    nTextState: value("nTextState"),
    nTextHead: value("nTextHead"),
    nTextLayer: value("nTextLayer"),
  };
}

/** Checks that a value is a dimension. */
export function dimension(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_DIMENSION) {
    return value;
  }
  return refuse(`${name} is ${kindOf(value)}, it must be an integer from 1 to ${MAX_DIMENSION}`);
}

/** Checks what the dimensions must be to each other. */
export function checkDimensions(
  dims: ModelDimensions,
  names: Readonly<Record<keyof ModelDimensions, string>> = NAMES,
): ModelDimensions {
  for (const key of ["nAudioLayer", "nTextLayer"] as const) {
    if (dims[key] > MAX_LAYERS) refuse(`${names[key]} is ${dims[key]}, the limit is ${MAX_LAYERS}`);
  }
  for (const [state, head] of [["nAudioState", "nAudioHead"], ["nTextState", "nTextHead"]] as const) {
    if (dims[state] % dims[head] !== 0) {
      refuse(`${names[head]} is ${dims[head]}, which does not divide ${names[state]}, ${dims[state]}`);
    }
  }
  if (dims.nAudioState !== dims.nTextState) {
    refuse(
      `${names.nAudioState} is ${dims.nAudioState} and ${names.nTextState} ${dims.nTextState}, but the decoder ` +
        "attends to the encoder in one width",
    );
  }
  return dims;
}

/**
 * Tells the dimensions from the shapes of tensors with openai/whisper's names. Heads leave no trace in them:
 * they are taken to be 64 wide, as in every published model, or one head where that is wider than the model.
 *
 * @throws {CheckpointFormatError} when a tensor that tells one is missing.
 */
export function inferDimensions(tensors: ReadonlyMap<string, TensorEntry>): ModelDimensions {
  const size = (name: string, axis: number, rank: number): number => {
    const shape = tensors.get(name)?.shape;
    if (shape === undefined) refuse(`the tensor ${quote(name)} is missing: this is no Whisper model`);
    if (shape.length !== rank) {
      refuse(`the tensor ${quote(name)} has ${shape.length} dimensions, it must have ${rank}`);
    }
    return dimension(shape[axis], `size ${axis} of ${name}`);
  };
  const layers = (part: string): number => {
    let count = 0;
    while (tensors.has(`${part}.blocks.${count}.attn_ln.weight`)) count++;
    return dimension(count, `the number of layers of the ${part}`);
  };
  const heads = (state: number): number => state < HEAD_WIDTH ? 1 : state / HEAD_WIDTH;
  const nAudioState = size("encoder.positional_embedding", 1, 2);
  const nTextState = size("decoder.positional_embedding", 1, 2);
  for (const state of [nAudioState, nTextState]) {
    if (!Number.isInteger(heads(state))) {
      refuse(
        `the width ${state} is no multiple of ${HEAD_WIDTH}, so the number of attention heads cannot be told`,
      );
    }
  }
  return checkDimensions({
    nMels: size("encoder.conv1.weight", 1, 3),
    nAudioCtx: size("encoder.positional_embedding", 0, 2),
    nAudioState,
    nAudioHead: heads(nAudioState),
    nAudioLayer: layers("encoder"),
    nVocab: size("decoder.token_embedding.weight", 0, 2),
    nTextCtx: size("decoder.positional_embedding", 0, 2),
    nTextState,
    nTextHead: heads(nTextState),
    nTextLayer: layers("decoder"),
  });
}

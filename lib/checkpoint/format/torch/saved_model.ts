/**
 * What a `torch.save` pickle holds of a model: the dict in which openai/whisper or a trainer left the state dict,
 * and `dims` where they are.
 */
import { dimensionsOf } from "../dimensions.ts";
import { quote, refuse } from "../refuse.ts";
import { TorchTensor } from "./torch_tensors.ts";
import type { ModelDimensions } from "../../types.ts";
import { DictValue, kindOf } from "../values.ts";

/** A state dict, with the dimensions that stand beside it. */
export interface SavedModel {
  readonly dims?: ModelDimensions;
  readonly tensors: ReadonlyMap<string, TorchTensor>;
}

/** Where trainers put the state dict: PyTorch's tutorials, Lightning, many a script, DeepSpeed. */
const STATE_DICTS = ["model_state_dict", "state_dict", "model", "module", "model_state"];

/**
 * Takes a Whisper checkpoint (`dims` and `model_state_dict`), a trainer's checkpoint, or a bare state dict. What
 * else a trainer left beside the model is not looked at.
 *
 * @throws {CheckpointFormatError} when it is none of these.
 */
export function savedModelOf(value: unknown): SavedModel {
  if (!(value instanceof DictValue)) refuse(`the pickle holds ${kindOf(value)}, it must be a dict`);
  if (value.has("dims")) return { dims: dimensionsOf(dictIn(value, "dims")), tensors: stateIn(value) };
  const key = STATE_DICTS.find((name) => value.get(name) instanceof DictValue);
  // Alone it is what openai/whisper saves, without the dims that say how many heads there are.
  if (key === "model_state_dict" && value.size === 1) refuse("the checkpoint has no dims");
  return { tensors: tensorsOf(key === undefined ? value : dictIn(value, key)) };
}

function stateIn(checkpoint: DictValue): Map<string, TorchTensor> {
  return tensorsOf(dictIn(checkpoint, "model_state_dict"));
}

function dictIn(checkpoint: DictValue, name: string): DictValue {
  const part = checkpoint.get(name);
  if (part === undefined) refuse(`the checkpoint has no ${name}`);
  return part instanceof DictValue ? part : refuse(`${name} is ${kindOf(part)}, it must be a dict`);
}

function tensorsOf(state: DictValue): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [name, tensor] of state) {
    if (typeof name !== "string") refuse(`a tensor's name is the integer ${name}, it must be a string`);
    if (!(tensor instanceof TorchTensor)) refuse(`${quote(name)} is ${kindOf(tensor)}, it must be a tensor`);
    tensors.set(name, tensor);
  }
  return tensors;
}

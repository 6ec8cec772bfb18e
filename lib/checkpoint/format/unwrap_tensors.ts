/**
 * The tensors of a model among all that a file holds. Trainers put their own around them: names behind those of
 * the wrappers a model was trained in, counters, losses, a second model.
 */
import { quote, refuse } from "./refuse.ts";
import type { TensorEntry } from "../types.ts";
import { IntegerTensor, type StoredTensor } from "./stored_tensor.ts";

/** Wrappers whose name stands before, or between, those of the modules they wrap. */
const WRAPPERS = /(?<=^|\.)(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/** A tensor that every Whisper model has, under one name in openai/whisper and in Hugging Face's models. */
const ANCHOR = "encoder.conv1.weight";

/** Weights of LoRA and its kin, as PEFT and others name them. */
const ADAPTER = /(?:^|\.)(?:lora_\w+|ia3_l)(?:\.|$)/;

const OUTPUT_PROJECTION = "proj_out.weight";

/**
 * Gives a model's tensors by their names within the model: without wrappers and without the name that the trainer
 * has the model under. What stands beside the model is left out; what stands inside stays, for the check against
 * the model's dimensions.
 *
 * @throws {CheckpointFormatError} when the file holds an adapter, two models, or weights of whole numbers.
 */
export function unwrapTensors(stored: ReadonlyMap<string, StoredTensor>): Map<string, TensorEntry> {
  refuseAdapters(stored);
  const prefix = prefixOf(stored);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of stored) {
    const own = nameWithin(name.replace(WRAPPERS, ""), prefix);
    if (own === undefined) continue;
    if (tensor instanceof IntegerTensor) {
      if (!/^(?:en|de)coder\./.test(own)) continue;
      refuse(`the tensor ${quote(name)} has dtype ${quote(tensor.dtype)}, no floating-point type`);
    }
    if (tensors.has(own)) refuse(`the file has two tensors for ${quote(own)}, one is ${quote(name)}`);
    tensors.set(own, tensor);
  }
  return tensors;
}

/** The name that all of the model's stand behind: `""`, `"model."`, or whatever a trainer calls its model. */
function prefixOf(stored: ReadonlyMap<string, StoredTensor>): string {
  const anchors = [...stored.keys()].filter((name) => name === ANCHOR || name.endsWith(`.${ANCHOR}`));
  if (anchors.length > 1) {
    refuse(
      `the file has two tensors for ${quote(ANCHOR)}, ${quote(anchors[0])} and ${quote(anchors[1])}: ` +
        "save the one model alone",
    );
  }
  return (anchors[0] ?? ANCHOR).replace(WRAPPERS, "").slice(0, -ANCHOR.length);
}

/** A tensor's name within the model, or nothing if it stands beside it. */
function nameWithin(name: string, prefix: string): string | undefined {
  if (name.startsWith(prefix)) return name.slice(prefix.length);
  // Hugging Face's output projection stands beside the model whose embedding it is.
  const outer = name.slice(0, -OUTPUT_PROJECTION.length);
  return name === outer + OUTPUT_PROJECTION && prefix.startsWith(outer) ? OUTPUT_PROJECTION : undefined;
}

function refuseAdapters(stored: ReadonlyMap<string, StoredTensor>): void {
  const names = [...stored.keys()];
  const adapter = names.find((name) => ADAPTER.test(name));
  if (adapter === undefined) return;
  refuse(
    names.every((name) => ADAPTER.test(name))
      ? `it is a LoRA adapter alone, with tensors such as ${quote(adapter)}: ${howToMerge()}`
      : `it has LoRA weights that are not merged, such as ${quote(adapter)}: ${howToMerge()}`,
  );
}

/**
 * Says what to do with an adapter.
 *
 * @param base The model it was made for, if that is known.
 */
export function howToMerge(base?: string): string {
  return `load it on ${base === undefined ? "its base model" : quote(base)} with peft, merge it ` +
    "(merge_and_unload) and save the whole model (save_pretrained)";
}

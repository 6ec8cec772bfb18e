/**
 * Files of `torch.save`, in the container it writes since PyTorch 1.6 and in the one before. See `load_model` in
 * openai/whisper's `__init__.py` for what is inside.
 */
import { fileKind, HEAD_BYTES, kindName } from "../file_kind.ts";
import type { StoredTensor } from "../stored_tensor.ts";
import { refuse } from "../refuse.ts";
import type { ModelDimensions, Payload, ReadAt } from "../../types.ts";
import type { SavedModel } from "./saved_model.ts";
import { readTorchLegacy } from "./torch_legacy.ts";
import { readTorchZip } from "./torch_zip.ts";

/** What a `torch.save` file holds: dimensions, if it has them, and its tensors by name. */
export interface TorchContents {
  readonly dims?: ModelDimensions;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's parts that have a checksum, in the order of the file. */
  readonly payloads?: readonly Payload[];
}

/**
 * Reads the tensors of a `torch.save` file of `size` bytes.
 *
 * @param file The index the tensors' file gets.
 * @throws {CheckpointFormatError} when the file is damaged or holds something else.
 */
export async function readTorchFile(read: ReadAt, size: number, file = 0): Promise<TorchContents> {
  const kind = fileKind(await read(0, Math.min(size, HEAD_BYTES)));
  if (kind === "torch") {
    const { model, storages, payloads } = await readTorchZip(read, size);
    return { ...placed(model, file, (key) => storages.get(key)!.offset), payloads };
  }
  if (kind === "torch-legacy") {
    const { model, offsets } = await readTorchLegacy(read, size);
    return placed(model, file, (key) => offsets.get(key)!);
  }
  return refuse(`the file is ${kindName(kind)}`);
}

/** Says where each tensor of a model lies, which its storage's place tells. */
export function placed(
  { dims, tensors }: SavedModel,
  file: number,
  offsetOf: (key: string) => number,
): TorchContents {
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    stored.set(name, tensor.placedAt(offsetOf(tensor.storage.key), file));
  }
  return { dims, tensors: stored };
}

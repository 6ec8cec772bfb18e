/**
 * Which official model a checkpoint is, when it was not loaded by its name. Differs from whisper: there, a
 * model that is loaded by its path has lost its alignment heads.
 */
import { createSha256 } from "./hash.ts";
import type { OpenCheckpoint } from "./open_checkpoint.ts";
import { fingerprintOf, modelsAlike } from "./official_heads.ts";
import type { OfficialModel } from "./registry.ts";
import { readTensorValues } from "./tensor_values.ts";

/** A small tensor that training gave each model its own values of. */
const FINGERPRINT_TENSOR = "encoder.ln_post.weight";

/**
 * Recognises a checkpoint by a tensor's values, whatever file they are in, or says that the SHA-256 of its file
 * could still tell. Nothing is read where no official model has as many layers and heads.
 */
export async function recogniseByValues(
  { checkpoint, files }: OpenCheckpoint,
): Promise<{ official?: OfficialModel; needsSha256: boolean }> {
  const alike = modelsAlike(checkpoint.dims);
  if (alike.length === 0) return { needsSha256: false };
  const tensor = checkpoint.tensors.get(FINGERPRINT_TENSOR)!;
  const values = await readTensorValues(tensor, files[tensor.file].read);
  const fingerprint = createSha256().update(new Uint8Array(values.buffer)).digest("hex");
  const official = alike.find((model) => fingerprintOf(model) === fingerprint);
  return { official, needsSha256: official === undefined && files.length === 1 };
}

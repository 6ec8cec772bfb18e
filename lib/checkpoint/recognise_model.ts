/**
 * Which official model a checkpoint is, when it was not loaded by its name. Differs from whisper: there, a
 * model that is loaded by its path has lost its alignment heads.
 */
import { createSha256 } from "./hash.ts";
import type { OpenCheckpoint } from "./open_checkpoint.ts";
import { modelBySha256, OFFICIAL_MODELS, type OfficialModel } from "./registry.ts";
import { readTensorValues } from "./tensor_values.ts";

/** A small tensor that training gave each model its own values of. */
const FINGERPRINT_TENSOR = "encoder.ln_post.weight";

/** Bytes hashed at once: little enough for the event loop. */
const PIECE = 1 << 20;

/**
 * Recognises a checkpoint by a tensor's values, whatever file they are in, or else by the SHA-256 of its file.
 * Nothing is read where no official model has as many layers and heads.
 */
export async function recogniseModel(
  { checkpoint, files }: OpenCheckpoint,
): Promise<OfficialModel | undefined> {
  const { nTextLayer, nTextHead } = checkpoint.dims;
  const alike = OFFICIAL_MODELS.filter((model) =>
    model.nTextLayer === nTextLayer && model.nTextHead === nTextHead
  );
  if (alike.length === 0) return undefined;
  const tensor = checkpoint.tensors.get(FINGERPRINT_TENSOR)!;
  const values = await readTensorValues(tensor, files[tensor.file].read);
  const fingerprint = createSha256().update(new Uint8Array(values.buffer)).digest("hex");
  const known = alike.find((model) => model.fingerprint === fingerprint);
  if (known !== undefined || files.length > 1) return known;
  return modelBySha256(await hashOf(files[0]));
}

async function hashOf({ size, read }: OpenCheckpoint["files"][number]): Promise<string> {
  const hash = createSha256();
  for (let at = 0; at < size; at += PIECE) hash.update(await read(at, Math.min(PIECE, size - at)));
  return hash.digest("hex");
}

/** The call that loads a model. All that it takes is imported with the first one: importing this costs nothing. */
import type { ModelName } from "./checkpoint/registry.ts";
import type { LoadModelOptions } from "./loading/load_options.ts";
import { optionsAtCall } from "./options/options_at_call.ts";
import type { WhisperModel } from "./whisper_model.ts";

export type { LoadModelOptions };

/**
 * Loads a model: an official one by its name, downloaded once and verified by its SHA-256, or a checkpoint by
 * its path or its address.
 *
 * Requires `--allow-ffi`, `--allow-read`, `--allow-env` permission, and `--allow-write` and `--allow-net` to
 * download.
 *
 * @param source An official name (`"base"`), the path of a file or of a Hugging Face folder, or a `URL`.
 * @returns The model. Whoever loads it disposes it.
 * @throws {TypeError | RangeError} when an option is unknown or wrong; nothing was opened or fetched then.
 * @throws {ModelNotFoundError} when `source` is neither a name nor a path.
 * @throws {DownloadError} when the checkpoint cannot be downloaded.
 * @throws {ChecksumMismatchError} when its bytes are not those that its SHA-256 names.
 * @throws {CheckpointFormatError} when the checkpoint is damaged or of a kind that is not read.
 * @throws {LibraryLoadError} when ONNX Runtime is missing.
 * @throws {DeviceError} when the device that is named cannot be used.
 *
 * @example Transcribe a recording
 * ```ts ignore
 * import { loadModel } from "jsr:@sotto/whisper";
 *
 * using model = await loadModel("base");
 * const { text } = await model.transcribe("interview.mp3", { language: "en" });
 * ```
 */
export async function loadModel(
  source: ModelName | URL,
  options: LoadModelOptions = {},
): Promise<WhisperModel> {
  const given = optionsAtCall(options);
  const { openModel } = await import("./open_model.ts");
  return await openModel(source, given);
}

/**
 * From a name, a path or an address to a model ready to run. After `load_model` of openai/whisper's
 * `__init__.py`.
 */
import { createOnDevice, type Device } from "../ffi/execution_provider.ts";
import { openLibrary, type OrtLibrary } from "../ffi/library.ts";
import { maximumThreads } from "../ffi/threads.ts";
import type { FetchOptions } from "./checkpoint/fetch_checkpoint.ts";
import { sameFile } from "./checkpoint/file_identity.ts";
import { type OpenCheckpoint, openCheckpoint } from "./checkpoint/open_checkpoint.ts";
import { ProgressMeter } from "./checkpoint/progress.ts";
import { createSha256, isDigest } from "./checkpoint/hash.ts";
import { meantModel } from "./checkpoint/model_names.ts";
import { alignmentHeadsOf } from "./checkpoint/official_heads.ts";
import type { AlignmentHead } from "./checkpoint/types.ts";
import { CheckpointFormatError, outOfRange } from "./errors.ts";
import { type ExternalData, mapFiles, readFiles } from "./loading/external_data.ts";
import { LoadedModel } from "./loaded_model.ts";
import { locateCheckpoint, type LocatedCheckpoint } from "./loading/locate_checkpoint.ts";
import { WeightExamination } from "./loading/weight_examination.ts";
import { Whisper } from "./model/whisper.ts";
import type { WhisperModel } from "./whisper_model.ts";

/** What `loadModel` may be told. */
export interface LoadModelOptions extends FetchOptions {
  /**
   * Where the model runs. `"auto"` is CUDA if it can be used, else the CPU; `model.deviceReport` says why.
   *
   * @default {"auto"}
   */
  readonly device?: Device;
  /**
   * Whether the checkpoint is read into memory and its file closed, instead of mapped. It takes more memory,
   * and the file may then be changed or removed.
   *
   * @default {false}
   */
  readonly inMemory?: boolean;
  /** The path of ONNX Runtime's shared library. Default: `ORT_DYLIB_PATH`, else the npm package. */
  readonly library?: string;
  /** Threads an operator may use, from 1 to 256, or to as many as there are cores. Default: one a core. */
  readonly threads?: number;
  /** The SHA-256 that a checkpoint given by its address must have, in hexadecimal. */
  readonly sha256?: string;
  /** The cross-attention heads that follow the audio. Default: those of the official model. */
  readonly alignmentHeads?: readonly AlignmentHead[];
}

/**
 * Loads a model: an official one by its name, downloaded once and verified by its SHA-256, or a checkpoint by
 * its path or its address.
 *
 * Requires `--allow-ffi`, `--allow-read`, `--allow-env` permission, and `--allow-write` and `--allow-net` to
 * download.
 *
 * @param source An official name (`"base"`), the path of a file or of a Hugging Face folder, or a `URL`.
 * @returns The model. Whoever loads it disposes it.
 * @throws {ModelNotFoundError} when `source` is neither a name nor a path.
 * @throws {CheckpointFormatError} when the checkpoint is damaged or of a kind that is not read.
 * @throws {LibraryLoadError} when ONNX Runtime is missing.
 * @throws {OrtError} when the device cannot be used.
 *
 * @example Transcribe a recording
 * ```ts ignore
 * import { loadModel } from "jsr:@sotto/whisper";
 *
 * using model = await loadModel("base");
 * const { text } = await model.transcribe("interview.mp3", { language: "en" });
 * ```
 */
export async function loadModel(source: string | URL, options: LoadModelOptions = {}): Promise<WhisperModel> {
  checkOptions(options);
  const { signal } = options;
  signal?.throwIfAborted();
  const library = await openLibrary(options);
  await using ready = await (options.inMemory ? openInMemory : openMapped)(library, source, options);
  const { opened, data } = ready;
  const total = opened.files.reduce((sum, { size }) => sum + size, 0);
  const progress = new ProgressMeter("load", options.onProgress, { total });
  // Checking a file may mean reading it, which goes on while the sessions are made.
  const examined = ready.examination.finish(signal);
  examined.catch(() => {});
  const { value: whisper, provider, report } = await createOnDevice(
    options.device ?? "auto",
    (provider) =>
      Whisper.create(library, data.source, { provider, threads: options.threads, signal, ...data.options }),
  );
  try {
    // What was checked must be what the sessions mapped.
    await opened.assertUnchanged();
    const { official, damage } = await examined;
    if (damage !== undefined) reportDamage(damage, options);
    const heads = knownHeads(ready, options) ?? (official && alignmentHeadsOf(official));
    if (heads !== undefined) whisper.setAlignmentHeads(heads);
    signal?.throwIfAborted();
  } catch (error) {
    whisper[Symbol.dispose]();
    throw error;
  }
  progress.finish(total);
  return new LoadedModel(whisper, { device: provider, deviceReport: report });
}

function checkOptions({ threads }: LoadModelOptions): void {
  const most = maximumThreads();
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0 && threads <= most)) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot load a model with ${threads} threads: wanted a whole number from 1 to ${most}; more than the ` +
        `${navigator.hardwareConcurrency} cores of this machine are no use`,
    );
  }
}

/** A checkpoint that is open, and its weights as sessions take them. */
interface ReadyCheckpoint extends AsyncDisposable {
  readonly located: LocatedCheckpoint;
  readonly opened: OpenCheckpoint;
  readonly data: ExternalData;
  readonly examination: WeightExamination;
}

async function openMapped(
  library: OrtLibrary,
  source: string | URL,
  options: LoadModelOptions,
): Promise<ReadyCheckpoint> {
  return await open(source, options, (opened, signal) => mapFiles(library, opened, signal));
}

/** Reads the bytes once and proves those very bytes; only where they are wrong does the cache look at its file. */
async function openInMemory(
  library: OrtLibrary,
  source: string | URL,
  options: LoadModelOptions,
): Promise<ReadyCheckpoint> {
  try {
    const fetching = { ...options, verify: "never" } as const;
    return await open(source, options, async (opened, signal, examination, sha256) => {
      const examine = (bytes: Uint8Array): void => examination.update(bytes);
      if (options.verify === "never" || sha256 === undefined) {
        return await readFiles(library, opened, signal, examine);
      }
      const hash = createSha256();
      const data = await readFiles(library, opened, signal, (bytes) => {
        hash.update(bytes);
        examine(bytes);
      });
      if (await isDigest(hash.digest(), sha256)) return data;
      data[Symbol.dispose]();
      throw new CheckpointFormatError("Cannot use checkpoint: its SHA-256 is wrong");
    }, fetching);
  } catch (error) {
    const official = typeof source === "string" && meantModel(source) !== undefined;
    if (!(error instanceof CheckpointFormatError && official)) throw error;
    return await open(
      source,
      options,
      (opened, signal, examination) =>
        readFiles(library, opened, signal, (bytes) => examination.update(bytes)),
    );
  }
}

async function open(
  source: string | URL,
  options: LoadModelOptions,
  read: (
    opened: OpenCheckpoint,
    signal: AbortSignal | undefined,
    examination: WeightExamination,
    sha256?: string,
  ) => Promise<ExternalData>,
  fetching: LoadModelOptions = options,
): Promise<ReadyCheckpoint> {
  const { signal } = options;
  const located = await locateCheckpoint(source, fetching);
  const opened = await openCheckpoint(located.path, { signal });
  try {
    assertLocated(opened, located);
    const examination = await WeightExamination.begin(opened, {
      recognise: knownHeads({ opened, located }, options) === undefined,
      // A SHA-256 proves all of the file.
      checksums: located.sha256 === undefined && options.verify !== "never",
    });
    const data = await read(opened, signal, examination, located.sha256);
    const dispose = async () => {
      data[Symbol.dispose]();
      await opened[Symbol.asyncDispose]();
    };
    return { located, opened, data, examination, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

/** The file that was hashed must be the one that was opened. */
function assertLocated({ files }: OpenCheckpoint, { path, identity }: LocatedCheckpoint): void {
  if (identity !== undefined && !sameFile(identity, files[0].identity)) {
    throw new CheckpointFormatError(`Cannot use checkpoint: ${path} was changed after it was verified`);
  }
}

/** The alignment heads that somebody named. */
function knownHeads(
  { opened, located }: Pick<ReadyCheckpoint, "opened" | "located">,
  options: LoadModelOptions,
): readonly AlignmentHead[] | undefined {
  return options.alignmentHeads ?? located.alignmentHeads ?? opened.checkpoint.alignmentHeads;
}

/** A local file is the user's own: what is damaged in it is an error only to one who asked to verify it. */
function reportDamage(damage: string, { verify, onWarning }: LoadModelOptions): void {
  if (verify === "always") throw new CheckpointFormatError(`Cannot use checkpoint: ${damage}`);
  onWarning?.(`Checkpoint ${damage}`);
}

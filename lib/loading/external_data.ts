/**
 * How ONNX Runtime gets a checkpoint's weights: it maps the files themselves, or takes them from memory. Nothing
 * in a file can name another file: folder and names come from the real paths of what was opened and checked.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { NativeMemory } from "../../ffi/native_memory.ts";
import type { SessionOptions } from "../../ffi/session_options.ts";
import type { OpenCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { readTensorValues } from "../checkpoint/tensor_values.ts";
import { layoutOf, type WeightSource } from "../model/weights/graph_weights.ts";
import { path as pathApi } from "../std.ts";

/** Bytes read at once into memory: enough for full speed, little enough to notice an abort soon. */
const READ_SIZE = 1 << 22;

/** Weights, and the session options that lead to them. Disposed once the sessions are created. */
export interface ExternalData extends Disposable {
  readonly source: WeightSource;
  readonly options: Pick<SessionOptions, "config" | "externalFiles">;
}

/** The setting of sessions whose graphs name files of this folder. */
export function externalFolder(folder: string): Record<string, string> {
  return { "session.model_external_initializers_file_folder_path": folder };
}

/** Lets sessions map the files of a checkpoint. Files of different folders are read into memory instead. */
export async function mapFiles(
  library: OrtLibrary,
  opened: OpenCheckpoint,
  signal?: AbortSignal,
): Promise<ExternalData> {
  const { basename, dirname } = await pathApi();
  const paths = opened.files.map(({ path }) => path);
  const [folder, ...others] = new Set(paths.map(dirname));
  if (others.length > 0) return readFiles(library, opened, signal);
  return {
    source: await weightSource(opened, paths.map((path) => basename(path))),
    options: { config: externalFolder(folder) },
    [Symbol.dispose]() {},
  };
}

/**
 * Reads the files of a checkpoint into native memory for sessions to be made from.
 *
 * @param onBytes Called with the bytes, piece after piece, file after file.
 */
export async function readFiles(
  library: OrtLibrary,
  opened: OpenCheckpoint,
  signal?: AbortSignal,
  onBytes?: (bytes: Uint8Array) => void,
): Promise<ExternalData> {
  const names = opened.files.map((_, i) => `weights_${i}`);
  const externalFiles = new Map<string, NativeMemory>();
  using memory = new DisposableStack();
  for (const [i, { size, read }] of opened.files.entries()) {
    const contents = memory.use(new NativeMemory(library, size));
    for (let at = 0; at < size; at += READ_SIZE) {
      signal?.throwIfAborted();
      const piece = await read(at, Math.min(READ_SIZE, size - at));
      onBytes?.(piece);
      contents.bytes.set(piece, at);
    }
    externalFiles.set(names[i], contents);
  }
  const source = await weightSource(opened, names);
  const owned = memory.move();
  return { source, options: { externalFiles }, [Symbol.dispose]: () => owned.dispose() };
}

async function weightSource(
  { checkpoint, files }: OpenCheckpoint,
  locations: string[],
): Promise<WeightSource> {
  const strided = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, entry] of checkpoint.tensors) {
    if (layoutOf(entry) !== "strided") continue;
    strided.set(name, await readTensorValues(entry, files[entry.file].read));
  }
  return { checkpoint, locations, strided };
}

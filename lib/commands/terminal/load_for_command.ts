/** Loads the model of a command line while the terminal shows how far that is. */
import { parse } from "node:path";
import type { LoadModelOptions, WhisperModel } from "../../../mod.ts";
import { ModelNotFoundError } from "../../errors.ts";
import { asUsageError, type Terminal, UsageError } from "../command.ts";
import { showLoadProgress } from "./load_progress.ts";

/**
 * Loads it.
 *
 * @param source An official name, or a path.
 * @param loadModel `loadModel`, or what stands for it in tests.
 * @throws {UsageError} when there is no such model or an option is wrong: options are checked before anything is
 * loaded.
 */
export async function loadForCommand<Model>(
  source: string,
  options: LoadModelOptions,
  terminal: Terminal,
  loadModel: (source: string, options: LoadModelOptions) => Promise<Model>,
): Promise<Model> {
  const { onProgress, onWarning, end } = showLoadProgress(terminal, parse(source).base);
  try {
    return await loadModel(source, { ...options, signal: terminal.signal, onProgress, onWarning }).finally(
      end,
    );
  } catch (error) {
    if (error instanceof ModelNotFoundError) throw new UsageError(error.message, { cause: error });
    throw asUsageError(error);
  }
}

/** `loadModel`, imported when it is called: help and a wrong command line wait for nothing. */
export async function loadWhenCalled(source: string, options?: LoadModelOptions): Promise<WhisperModel> {
  const { loadModel } = await import("../../../mod.ts");
  return await loadModel(source, options);
}

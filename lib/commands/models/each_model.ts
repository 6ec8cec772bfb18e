/** What the commands that bring models into the cache have in common: one model after the other, with its progress. */
import type { OfficialModel } from "../../checkpoint/registry.ts";
import { modelsNamed } from "./cached_models.ts";
import type { Terminal } from "../command.ts";
import { LOAD_FLAGS } from "../flags/load_settings.ts";
import { describeError } from "../terminal/describe_error.ts";
import { type LoadProgressView, showLoadProgress } from "../terminal/load_progress.ts";

/**
 * Does something to each named model and prints what that gives. A model that fails does not keep the others back.
 *
 * @returns The exit code.
 * @throws {UsageError} when there is no name, or one that is not official.
 */
export async function eachModel(
  names: readonly string[],
  terminal: Terminal,
  work: (model: OfficialModel, told: Pick<LoadProgressView, "onProgress" | "onWarning">) => Promise<string>,
): Promise<number> {
  let exitCode = 0;
  for (const model of modelsNamed(names)) {
    const { onProgress, onWarning, end } = showLoadProgress(terminal, model.name);
    try {
      const line = await work(model, { onProgress, onWarning }).finally(end);
      terminal.out(`${line}\n`);
    } catch (error) {
      terminal.signal.throwIfAborted();
      terminal.err(`${describeError(error, LOAD_FLAGS)}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

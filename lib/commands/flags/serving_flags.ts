/** The flags of what serves models to others: a server, and a worker of a queue. */
import { stat } from "node:fs/promises";
import { parse } from "node:path";
import { fileURLToPath } from "node:url";
import { expandHome } from "../../checkpoint/cache/cache_paths.ts";
import { adviceForModel, meantModel } from "../../checkpoint/model_names.ts";
import { availableModels } from "../../checkpoint/registry.ts";
import { ModelNotFoundError } from "../../errors.ts";
import type { ModelSource, ServerOptions } from "../../server.ts";
import { UsageError } from "../command.ts";
import { boolean, number, optionalNumber } from "./flag_kinds.ts";
import { LOAD_FLAGS, loadOptionsFrom } from "./load_settings.ts";
import type { FlagValues } from "./parse_flags.ts";

/** The flags. */
export const SERVING_FLAGS = {
  max_duration: optionalNumber(14_400, { help: "seconds of a recording" }),
  idle_unload: optionalNumber(null, { help: "seconds after which an unused model is unloaded" }),
  max_models: number(2, { help: "models loaded at a time" }),
  quiet: boolean(false, { help: "write no log" }),
  ...LOAD_FLAGS,
} as const;

/** How models are served. */
export function servingOptionsFrom(
  flags: FlagValues<typeof SERVING_FLAGS>,
): Pick<ServerOptions, "load" | "maxDuration" | "idleUnload" | "maxModels"> {
  return {
    load: loadOptionsFrom(flags),
    maxDuration: flags.max_duration,
    idleUnload: flags.idle_unload,
    maxModels: flags.max_models,
  };
}

/**
 * The models, by what requests and jobs call them. A path is served by its name without folders and ending: they see
 * nothing else of it.
 */
export function servedModelsFrom(models: readonly string[]): Record<string, ModelSource> {
  return Object.fromEntries(
    models.map((model) => {
      const official = meantModel(model)?.name;
      return official === undefined ? [parse(model).name, model] : [official, official];
    }),
  );
}

/**
 * Refuses models that are not there before anything is taken in for them: each request would fail.
 *
 * @throws {UsageError} when one is neither an official model nor a path.
 */
export async function assertModelsExist(models: readonly string[]): Promise<void> {
  for (const model of models) {
    if (meantModel(model) !== undefined || await isThere(model)) continue;
    const { message } = new ModelNotFoundError(model, availableModels(), { advice: adviceForModel(model) });
    throw new UsageError(message);
  }
}

/** Whether a path leads anywhere. One that cannot be looked at is left to loading, which says why. */
async function isThere(path: string): Promise<boolean> {
  const file = /^file:\/\//i.test(path) ? fileURLToPath(path) : path;
  for (const candidate of new Set([file, expandHome(file)])) {
    const code = await stat(candidate).then(() => undefined, (error) => error.code ?? error.name);
    if (code !== "ENOENT" && code !== "ENOTDIR") return true;
  }
  return false;
}

/**
 * What the cache's commands have in common: the official models that were named, and their files.
 */
import { type CachePaths, cachePaths, cacheRoot } from "../../checkpoint/cache/cache_paths.ts";
import { adviceForModel, meantModel } from "../../checkpoint/model_names.ts";
import { availableModels, OFFICIAL_MODELS, type OfficialModel } from "../../checkpoint/registry.ts";
import { UsageError } from "../command.ts";

/** An official model and its place in the cache. */
export interface PlacedModel {
  /** The model. */
  readonly model: OfficialModel;
  /** Its files. */
  readonly paths: CachePaths;
}

/**
 * Finds the official models with these names.
 *
 * @param names At least one; a file that two names share is given once.
 * @throws {UsageError} when there is no name, or one that is not official.
 */
export function modelsNamed(names: readonly string[]): OfficialModel[] {
  if (names.length === 0) throw new UsageError("The name of a model is missing");
  const models = names.map((name) => {
    const model = meantModel(name);
    if (model !== undefined) return model;
    const advice = adviceForModel(name);
    throw new UsageError(
      `There is no model "${name}"; the names are ${availableModels().join(", ")}${advice && `; ${advice}`}`,
    );
  });
  return models.filter((model, index) => models.findIndex(({ sha256 }) => sha256 === model.sha256) === index);
}

/** Gives the places of models in the cache: of all official ones, each file once, if none is given. */
export async function placeModels(
  modelDir?: string,
  models?: readonly OfficialModel[],
): Promise<PlacedModel[]> {
  const root = await cacheRoot({ downloadRoot: modelDir });
  const chosen = models ?? modelsNamed(OFFICIAL_MODELS.map(({ name }) => name));
  return await Promise.all(
    chosen.map(async (model) => ({ model, paths: await cachePaths(root, model.fileName, model.sha256) })),
  );
}

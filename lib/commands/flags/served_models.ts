/** The models of a server or a worker, by what requests and jobs call them. */
import { parse } from "node:path";
import { meantModel } from "../../checkpoint/model_names.ts";
import type { ModelSource } from "../../server.ts";

/** A path is served by its name without folders and ending: requests see nothing else of it. */
export function servedModelsFrom(models: readonly string[]): Record<string, ModelSource> {
  return Object.fromEntries(
    models.map((model) => {
      const official = meantModel(model)?.name;
      return official === undefined ? [parse(model).name, model] : [official, official];
    }),
  );
}

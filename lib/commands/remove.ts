/**
 * `sotto remove NAME…`: deletes models from the cache, with what is left of downloads.
 */
import { removeModel } from "../cache.ts";
import { formatBytes } from "./terminal/quantities.ts";
import { modelsNamed, placeModels } from "./cached_models.ts";
import type { Command } from "./command.ts";
import { CACHE_FLAGS, CACHE_USAGE } from "./flags/cache_flags.ts";
import { parseFlags } from "./flags/parse_flags.ts";

/** The command. */
export const command: Command = {
  name: "remove",
  summary: "Delete models from the cache",
  usage: `Usage: sotto remove NAME... [--model_dir DIR]

${CACHE_USAGE}`,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, CACHE_FLAGS);
    let exitCode = 0;
    for (const each of await placeModels(values.model_dir, modelsNamed(positionals))) {
      try {
        const bytes = await removeModel(each.model.name, { downloadRoot: values.model_dir });
        const text = bytes > 0 ? `removed, ${formatBytes(bytes)} freed` : "not in the cache";
        terminal.out(`${each.paths.file}: ${text}\n`);
      } catch (error) {
        terminal.err(`${(error as Error).message}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
};

/**
 * `sotto remove NAME…`: deletes models from the cache, with what is left of downloads and what was prepared.
 */
import { removeModel } from "../../cache.ts";
import { formatBytes } from "../terminal/quantities.ts";
import { modelsNamed, placeModels } from "./cached_models.ts";
import type { Command } from "../command.ts";
import { CACHE_FLAGS } from "../flags/cache_flags.ts";
import { boolean } from "../flags/flag_kinds.ts";
import { describeError } from "../terminal/describe_error.ts";
import { describeFlags, parseFlags } from "../flags/parse_flags.ts";

const FLAGS = {
  ...CACHE_FLAGS,
  prepared_only: boolean(false, { help: "keep the model, delete what was prepared from it" }),
} as const;

/** The command. */
export const command: Command = {
  name: "remove",
  summary: "Delete models from the cache",
  usage: `Usage: sotto remove NAME... [--prepared_only True] [--model_dir DIR]

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, FLAGS);
    let exitCode = 0;
    for (const each of await placeModels(values.model_dir, modelsNamed(positionals))) {
      try {
        const bytes = await removeModel(each.model.name, {
          downloadRoot: values.model_dir,
          preparedOnly: values.prepared_only,
        });
        terminal.out(`${each.paths.file}: ${describeRemoval(bytes, values.prepared_only)}\n`);
      } catch (error) {
        terminal.err(`${describeError(error, FLAGS)}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
};

/** What a line says behind the name of a model's file, which itself stays where only what was prepared goes. */
function describeRemoval(bytes: number, preparedOnly: boolean): string {
  const freed = `removed, ${formatBytes(bytes)} freed`;
  if (preparedOnly) return bytes > 0 ? `prepared copy ${freed}` : "no prepared copy in the cache";
  return bytes > 0 ? freed : "not in the cache";
}

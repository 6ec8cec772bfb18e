/**
 * `sotto remove NAME…`: deletes models from the cache, with what is left of downloads.
 */
import { rm, stat } from "node:fs/promises";
import { validatorPath } from "../checkpoint/download/partial.ts";
import { receiptPath } from "../checkpoint/cache/receipt.ts";
import { formatBytes } from "./terminal/quantities.ts";
import { modelsNamed, type PlacedModel, placeModels } from "./cached_models.ts";
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
        const bytes = await remove(each);
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

/** Removes all files of a model, and gives their size. */
async function remove({ paths }: PlacedModel): Promise<number> {
  let bytes = 0;
  for (
    const path of [
      paths.file,
      receiptPath(paths.file),
      paths.partial,
      validatorPath(paths.partial),
      paths.lock,
    ]
  ) {
    bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
    await rm(path, { force: true });
  }
  return bytes;
}

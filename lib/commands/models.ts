/**
 * `sotto models`: the official models, their sizes, and which are in the cache.
 */
import { stat } from "node:fs/promises";
import { OFFICIAL_MODELS } from "../checkpoint/registry.ts";
import { formatBytes } from "./terminal/quantities.ts";
import { type PlacedModel, placeModels } from "./cached_models.ts";
import type { Command } from "./command.ts";
import { CACHE_FLAGS, CACHE_USAGE } from "./flags/cache_flags.ts";
import { parseFlags } from "./flags/parse_flags.ts";

/** The command. */
export const command: Command = {
  name: "models",
  summary: "List the official models, their sizes and which are in the cache",
  usage: `Usage: sotto models [--model_dir DIR]

${CACHE_USAGE}`,
  async run(args, terminal) {
    const { values } = parseFlags(args, CACHE_FLAGS);
    const placed = await placeModels(values.model_dir, OFFICIAL_MODELS);
    const rows = await Promise.all(placed.map(async (each) => [
      each.model.name,
      formatBytes(each.model.megabytes * 1e6),
      await describeState(each),
    ]));
    for (const [name, size, state] of [["NAME", "SIZE", "CACHED"], ...rows]) {
      terminal.out(`${name.padEnd(16)}${size.padStart(8)}  ${state}\n`);
    }
    return 0;
  },
};

async function describeState({ paths }: PlacedModel): Promise<string> {
  if ((await stat(paths.file).catch(() => undefined))?.isFile()) return "yes";
  const partial = await stat(paths.partial).catch(() => undefined);
  return partial === undefined ? "no" : `${formatBytes(partial.size)} of it`;
}

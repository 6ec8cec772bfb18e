/**
 * `sotto models`: the official models, their sizes, and which are in the cache.
 */
import { type CachedModel, listModels } from "../../cache.ts";
import { formatBytes } from "../terminal/quantities.ts";
import type { Command } from "../command.ts";
import { CACHE_FLAGS, CACHE_USAGE } from "../flags/cache_flags.ts";
import { parseFlags } from "../flags/parse_flags.ts";

/** The command. */
export const command: Command = {
  name: "models",
  summary: "List the official models, their sizes and which are in the cache",
  usage: `Usage: sotto models [--model_dir DIR]

${CACHE_USAGE}`,
  flags: CACHE_FLAGS,
  async run(args, terminal) {
    const { values } = parseFlags(args, CACHE_FLAGS);
    const rows = (await listModels({ downloadRoot: values.model_dir })).map((cached) => [
      cached.model.name,
      formatBytes(cached.model.size),
      describeState(cached),
    ]);
    for (const [name, size, state] of [["NAME", "SIZE", "CACHED"], ...rows]) {
      terminal.out(`${name.padEnd(16)}${size.padStart(8)}  ${state}\n`);
    }
    return 0;
  },
};

function describeState({ state, bytes, prepared }: CachedModel): string {
  const file = { complete: "yes", partial: `${formatBytes(bytes)} of it`, absent: "no" }[state];
  return [file, ...prepared.map(({ precision, bytes }) => `${precision} prepared (${formatBytes(bytes)})`)]
    .join(", ");
}

/**
 * `sotto cache [dir]`: where the cache is.
 */
import { cacheFolder } from "../../cache.ts";
import { type Command, UsageError } from "../command.ts";
import { CACHE_FLAGS, CACHE_USAGE } from "../flags/cache_flags.ts";
import { parseFlags } from "../flags/parse_flags.ts";

/** The command. */
export const command: Command = {
  name: "cache",
  summary: "Print the folder of the cache",
  usage: `Usage: sotto cache [dir] [--model_dir DIR]

${CACHE_USAGE}`,
  flags: CACHE_FLAGS,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, CACHE_FLAGS);
    if (!["", "dir"].includes(positionals.join(" "))) {
      throw new UsageError('The only word after "cache" is "dir"');
    }
    terminal.out(`${await cacheFolder({ downloadRoot: values.model_dir })}\n`);
    return 0;
  },
};

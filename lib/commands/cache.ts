/**
 * `sotto cache dir`: where the cache is.
 */
import { cacheRoot } from "../checkpoint/cache/cache_paths.ts";
import { type Command, UsageError } from "./command.ts";
import { CACHE_OPTIONS, CACHE_USAGE, readCommandLine } from "./flags/command_line.ts";

/** The command. */
export const command: Command = {
  name: "cache",
  summary: "Print the folder of the cache",
  usage: `Usage: sotto cache dir [--model_dir DIR]

${CACHE_USAGE}`,
  async run(args, terminal) {
    const { values, positionals } = readCommandLine(args, CACHE_OPTIONS);
    if (positionals.join(" ") !== "dir") throw new UsageError('The only word after "cache" is "dir"');
    terminal.out(`${await cacheRoot({ downloadRoot: values.model_dir })}\n`);
    return 0;
  },
};

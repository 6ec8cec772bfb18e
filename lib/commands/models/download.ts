/**
 * `sotto download NAME…`: brings official models into the cache.
 */
import { prefetchModel } from "../../cache.ts";
import type { Command } from "../command.ts";
import { mirrorsFrom } from "../flags/load_settings.ts";
import { eachModel } from "./each_model.ts";
import { CACHE_FLAGS } from "../flags/cache_flags.ts";
import { list } from "../flags/flag_kinds.ts";
import { describeFlags, parseFlags } from "../flags/parse_flags.ts";

const FLAGS = {
  ...CACHE_FLAGS,
  mirror: list("URL", {
    help:
      "get models from here instead of OpenAI's server; may be given several times (default: SOTTO_MIRROR)",
  }),
} as const;

/** The command. */
export const command: Command = {
  name: "download",
  summary: "Download models into the cache, or verify those that are there",
  usage: `Usage: sotto download NAME... [--mirror URL]... [--model_dir DIR]

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, FLAGS);
    return await eachModel(positionals, terminal, (model, told) =>
      prefetchModel(model.name, {
        downloadRoot: values.model_dir,
        mirrors: mirrorsFrom(values),
        signal: terminal.signal,
        ...told,
      }));
  },
};

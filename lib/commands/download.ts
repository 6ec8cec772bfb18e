/**
 * `sotto download NAME…`: brings official models into the cache.
 */
import { prefetchModel } from "../cache.ts";
import { modelsNamed } from "./cached_models.ts";
import type { Command } from "./command.ts";
import { CACHE_FLAGS } from "./flags/cache_flags.ts";
import { list } from "./flags/flag_kinds.ts";
import { describeFlags, parseFlags } from "./flags/parse_flags.ts";
import { showLoadProgress } from "./terminal/load_progress.ts";

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
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, FLAGS);
    let exitCode = 0;
    for (const model of modelsNamed(positionals)) {
      const { onProgress, onWarning, end } = showLoadProgress(terminal, model.name);
      try {
        const path = await prefetchModel(model.name, {
          downloadRoot: values.model_dir,
          mirrors: values.mirror.length > 0 ? values.mirror : undefined,
          signal: terminal.signal,
          onProgress,
          onWarning,
        }).finally(end);
        terminal.out(`${path}\n`);
      } catch (error) {
        terminal.signal.throwIfAborted();
        terminal.err(`${(error as Error).message}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
};

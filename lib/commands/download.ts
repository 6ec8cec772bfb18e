/**
 * `sotto download NAME…`: brings official models into the cache.
 */
import { fetchCheckpoint } from "../checkpoint/fetch_checkpoint.ts";
import { modelUrl } from "../checkpoint/registry.ts";
import { modelsNamed } from "./cached_models.ts";
import type { Command } from "./command.ts";
import { CACHE_OPTIONS, CACHE_USAGE, readCommandLine } from "./flags/command_line.ts";
import { showLoadProgress } from "./terminal/load_progress.ts";

/** The command. */
export const command: Command = {
  name: "download",
  summary: "Download models into the cache, or verify those that are there",
  usage: `Usage: sotto download NAME... [--mirror URL]... [--model_dir DIR]

  --mirror URL      Download from below this address instead of OpenAI's server; tried in the order given
                    (default: the addresses in SOTTO_MIRROR)
${CACHE_USAGE}`,
  async run(args, terminal) {
    const { values, positionals } = readCommandLine(args, {
      ...CACHE_OPTIONS,
      mirror: { type: "string", multiple: true },
    });
    let exitCode = 0;
    for (const model of modelsNamed(positionals)) {
      const { onProgress, onWarning, end } = showLoadProgress(terminal, model.name);
      try {
        const { path } = await fetchCheckpoint({ ...model, url: modelUrl(model) }, {
          downloadRoot: values.model_dir,
          mirrors: values.mirror,
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

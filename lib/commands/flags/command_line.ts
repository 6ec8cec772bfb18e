/**
 * The command line of one command: `node:util`'s `parseArgs`, with its complaints as wrong usage.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "../command.ts";

/** The options that the cache's commands share. */
export const CACHE_OPTIONS = { model_dir: { type: "string" } } as const;

/** What `--help` says about them. */
export const CACHE_USAGE =
  "  --model_dir DIR   The folder of the cache (default: $XDG_CACHE_HOME/whisper or ~/.cache/whisper)\n";

/**
 * Reads a command's words.
 *
 * @param options Its options, as `parseArgs` describes them.
 * @throws {UsageError} when there is an option that it does not have, or a value is missing.
 */
export function readCommandLine<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/**
 * `sotto verify [NAME…]`: hashes cached models.
 */
import { cacheFolder, verifyModel } from "../../cache.ts";
import { modelsNamed, type PlacedModel, placeModels } from "./cached_models.ts";
import type { Command, Terminal } from "../command.ts";
import { CACHE_FLAGS, CACHE_USAGE } from "../flags/cache_flags.ts";
import { parseFlags } from "../flags/parse_flags.ts";
import { showLoadProgress } from "../terminal/load_progress.ts";

/** The command. */
export const command: Command = {
  name: "verify",
  summary: "Check the SHA-256 of cached models",
  usage: `Usage: sotto verify [NAME...] [--model_dir DIR]

Without names, all official models in the cache are checked. The exit code is 1 if a file is wrong, or one
that was named is missing.

${CACHE_USAGE}`,
  flags: CACHE_FLAGS,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, CACHE_FLAGS);
    const isNamed = positionals.length > 0;
    const placed = await placeModels(values.model_dir, isNamed ? modelsNamed(positionals) : undefined);
    let exitCode = 0;
    let checked = 0;
    for (const each of placed) {
      const { ok, text } = await verify(each, values.model_dir, terminal);
      if (text === "missing" && !isNamed) continue;
      terminal.out(`${each.paths.file}: ${text}\n`);
      if (!ok) exitCode = 1;
      checked++;
    }
    if (checked === 0) {
      terminal.out(`${await cacheFolder({ downloadRoot: values.model_dir })}: no model is in the cache\n`);
    }
    return exitCode;
  },
};

async function verify(
  { model }: PlacedModel,
  downloadRoot: string | undefined,
  terminal: Terminal,
): Promise<{ ok: boolean; text: string }> {
  const { onProgress, end } = showLoadProgress(terminal, model.name);
  try {
    const options = { downloadRoot, signal: terminal.signal, onProgress };
    const { state, sha256 } = await verifyModel(model.name, options);
    if (state === "good") return { ok: true, text: "OK" };
    if (state === "absent") return { ok: false, text: "missing" };
    return { ok: false, text: `wrong: its SHA-256 is ${sha256} and not ${model.sha256}` };
  } catch (error) {
    terminal.signal.throwIfAborted();
    return { ok: false, text: (error as Error).message };
  } finally {
    end();
  }
}

/**
 * `sotto prepare NAME…`: quantises and packs models ahead.
 */
import { prepareModel } from "../../cache.ts";
import { CPU_PRECISIONS } from "../../loading/model_precision.ts";
import type { Command } from "../command.ts";
import { LOAD_FLAGS, mirrorsFrom } from "../flags/load_settings.ts";
import { eachModel } from "./each_model.ts";
import { CACHE_FLAGS } from "../flags/cache_flags.ts";
import { choice } from "../flags/flag_kinds.ts";
import { describeFlags, parseFlags } from "../flags/parse_flags.ts";

const FLAGS = {
  ...CACHE_FLAGS,
  precision: choice(CPU_PRECISIONS, "int8", { help: "numbers to compute in" }),
  library: LOAD_FLAGS.library,
  mirror: LOAD_FLAGS.mirror,
} as const;

/** The command. */
export const command: Command = {
  name: "prepare",
  summary: "Quantise and pack models ahead, so that they load at once",
  usage: `Usage: sotto prepare NAME... [--precision P] [--library PATH] [--mirror URL]... [--model_dir DIR]

What is kept holds for this version of ONNX Runtime and this kind of processor.

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, FLAGS);
    return await eachModel(positionals, terminal, (model, told) =>
      prepareModel(model.name, {
        precision: values.precision,
        library: values.library,
        downloadRoot: values.model_dir,
        mirrors: mirrorsFrom(values),
        signal: terminal.signal,
        ...told,
      }));
  },
};

/**
 * `sotto doctor`: looks whether this machine has what models need, and says what to do about what it has not.
 */
import { type Fault, findFaults, isProblem } from "../doctor/find_faults.ts";
import { formatReport } from "../doctor/format_report.ts";
import { gatherFacts } from "../doctor/gather_facts.ts";
import { probesOf } from "../doctor/probes.ts";
import { type Command, UsageError } from "./command.ts";
import { CACHE_FLAGS } from "./flags/cache_flags.ts";
import { boolean } from "./flags/flag_kinds.ts";
import { LOAD_FLAGS } from "./flags/load_settings.ts";
import { nameFlags } from "./flags/name_flags.ts";
import { describeFlags, parseFlags } from "./flags/parse_flags.ts";

const FLAGS = {
  ...CACHE_FLAGS,
  library: LOAD_FLAGS.library,
  test: boolean(false, { help: "load a random model, transcribe and compare" }),
  json: boolean(false, { help: "print the facts and faults as JSON" }),
} as const;

/** The command. */
export const command: Command = {
  name: "doctor",
  summary: "Look whether this machine has what models need, and say what helps",
  usage: `Usage: sotto doctor [--test] [--json] [--library PATH] [--model_dir DIR]

The exit code is 1 if there is a problem; notes are none. Nothing is downloaded or changed.

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values, positionals } = parseFlags(args, FLAGS);
    if (positionals.length > 0) {
      throw new UsageError(`Cannot examine ${positionals[0]}: only flags are taken`);
    }
    const facts = await gatherFacts(
      probesOf({ downloadRoot: values.model_dir, library: values.library, selfTest: values.test }),
    );
    const faults = findFaults(facts);
    const report = values.json
      ? `${JSON.stringify({ facts, faults }, null, 2)}\n`
      : formatReport(facts, faults.map(withFlags), Math.max(60, Math.min(terminal.columns, 100)));
    terminal.out(report);
    return faults.some(isProblem) ? 1 : 0;
  },
};

/** What the library says of its options is said of the flags. */
function withFlags({ what, fix, ...fault }: Fault): Fault {
  return { ...fault, what: nameFlags(what, FLAGS), fix: nameFlags(fix, FLAGS) };
}

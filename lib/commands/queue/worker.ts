/** `sotto worker`: takes recordings from a queue on Redis and transcribes them. */
import process from "node:process";
import { createWorker, type WorkerLogEntry, type WorkerOptions } from "../../queue.ts";
import { checkUsage, type Command, UsageError } from "../command.ts";
import { list, number, text } from "../flags/flag_kinds.ts";
import { describeFlags, type FlagValues, parseFlags } from "../flags/parse_flags.ts";
import {
  assertModelsExist,
  servedModelsFrom,
  SERVING_FLAGS,
  servingOptionsFrom,
} from "../flags/serving_flags.ts";
import { AUDIO_FLAGS } from "../flags/shared_flags.ts";
import { failureOf, untilStopped } from "../terminal/until_stopped.ts";
import { QUEUE_FLAGS, queueOptionsFrom } from "./queue_flags.ts";

const FLAGS = {
  ...QUEUE_FLAGS,
  model: list("NAME|PATH", {
    help: "official model or path, may be given several times; the first is meant where a job names none",
  }),
  concurrency: number(4, { help: "jobs at work at the same time, decoded together" }),
  sound_folder: text("DIR", undefined, { help: "the folder that all workers see; jobs name files in it" }),
  allow_host: list("HOST", {
    help: "a host that sound is fetched from, as media.example.org; may be given several times",
    option: "allowedHosts",
  }),
  allow_network: list("NETWORK", {
    help: "a network that is not public and may be reached all the same, as 10.20.0.0/16",
    option: "allowedNetworks",
  }),
  shutdown_timeout: number(30, {
    help: "seconds that jobs may take to end after SIGTERM or Ctrl-C; then others do them",
  }),
  ffmpeg: AUDIO_FLAGS.ffmpeg,
  ...SERVING_FLAGS,
} as const;

/** The command. */
export const command: Command = {
  name: "worker",
  summary: "Transcribe what comes from a queue on Redis",
  usage: `Usage: sotto worker --model NAME [--redis URL] [FLAG]...

Takes recordings from a queue until Ctrl-C or SIGTERM: jobs at work are then brought to their end. The log is a line
of JSON each, on stderr. SOTTO_WEBHOOK_SECRET signs the webhooks that jobs ask for.

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values: flags, positionals } = parseFlags(args, FLAGS);
    if (positionals.length > 0) throw new UsageError(`Cannot work: ${positionals[0]} is no flag`);
    if (flags.model.length === 0) throw new UsageError("Cannot work: no --model was given");
    await assertModelsExist(flags.model);
    const log = (entry: WorkerLogEntry) => terminal.err(`${JSON.stringify(entry)}\n`);
    const stopped = untilStopped(terminal.signal);
    await using worker = makeWorker(flags, flags.quiet ? undefined : log);
    try {
      await Promise.race([
        stopped.promise,
        worker.ready.then(() => terminal.out("Waiting for jobs\n")).then(() => failureOf(worker.ready)),
      ]);
    } finally {
      stopped.forget();
      await worker.close({ timeout: flags.shutdown_timeout });
    }
    return 0;
  },
};

function makeWorker(flags: FlagValues<typeof FLAGS>, onLog: WorkerOptions["onLog"]) {
  const webhookSecret = process.env.SOTTO_WEBHOOK_SECRET;
  return checkUsage(() =>
    createWorker({
      ...queueOptionsFrom(flags),
      models: servedModelsFrom(flags.model),
      ...servingOptionsFrom(flags),
      transcribe: { ffmpeg: flags.ffmpeg },
      concurrency: flags.concurrency,
      soundFolder: flags.sound_folder,
      allowedHosts: flags.allow_host,
      allowedNetworks: flags.allow_network,
      // No flag: other processes see those.
      webhookSecrets: webhookSecret ? { default: webhookSecret } : undefined,
      onLog,
    })
  );
}

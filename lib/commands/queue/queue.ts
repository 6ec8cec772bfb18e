/** `sotto queue status|retry|cancel|clean`: looks after a queue on Redis. */
import { openQueue, type TranscriptionQueue } from "../../queue.ts";
import { type Command, type Terminal, UsageError } from "../command.ts";
import { boolean, choice, number } from "../flags/flag_kinds.ts";
import { describeFlags, type FlagValues, parseFlags } from "../flags/parse_flags.ts";
import { formatDuration } from "../terminal/quantities.ts";
import { IMPATIENT_QUEUE_FLAGS, queueOptionsFrom } from "./queue_flags.ts";

const FLAGS = {
  ...IMPATIENT_QUEUE_FLAGS,
  all: boolean(false, { help: "retry: every job that has failed" }),
  ended: choice(["completed", "failed"], "completed", { help: "clean: which jobs" }),
  older_than: number(0, { help: "clean: seconds since they ended" }),
  json: boolean(false, { help: "status: print the figures as JSON" }),
} as const;

/** What is done. */
interface Call {
  readonly queue: TranscriptionQueue;
  readonly ids: readonly string[];
  readonly flags: FlagValues<typeof FLAGS>;
  readonly terminal: Terminal;
}

/** Jobs that are retried or shown at most. */
const MOST = 10_000;
const MOST_SHOWN = 20;

const ACTIONS: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  status: showStatus,
  retry: retryJobs,
  cancel: ({ queue, ids, terminal }) =>
    eachJob(ids, terminal, (id) => queue.cancel(id), "cancelled", "not open"),
  async clean({ queue, flags, terminal }) {
    const count = await queue.clean(flags.ended, flags.older_than);
    terminal.out(`${count} jobs removed\n`);
    return 0;
  },
};

/** The command. */
export const command: Command = {
  name: "queue",
  summary: "Look after a queue on Redis: status, retry, cancel, clean",
  usage: `Usage: sotto queue status [ID]... [FLAG]...
       sotto queue retry ID...|--all [FLAG]...
       sotto queue cancel ID... [FLAG]...
       sotto queue clean [--ended failed] [--older_than SECONDS] [FLAG]...

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values: flags, positionals: [action = "status", ...ids] } = parseFlags(args, FLAGS);
    if (!Object.hasOwn(ACTIONS, action)) {
      throw new UsageError(`Cannot ${action}: wanted one of ${Object.keys(ACTIONS).join(", ")}`);
    }
    const needsIds = action === "cancel" || (action === "retry" && !flags.all);
    if (needsIds && ids.length === 0) throw new UsageError(`Cannot ${action}: which job?`);
    await using queue = await openQueue({ ...queueOptionsFrom(flags), signal: terminal.signal });
    return await ACTIONS[action]({ queue, ids, flags, terminal });
  },
};

async function showStatus({ queue, ids, flags, terminal }: Call): Promise<number> {
  if (ids.length > 0) {
    for (const id of ids) terminal.out(`${id}: ${await queue.state(id)}\n`);
    return 0;
  }
  const figures = await queue.figures();
  const failed = await queue.failed(MOST_SHOWN);
  if (flags.json) {
    terminal.out(`${JSON.stringify({ ...figures, failedJobs: failed })}\n`);
    return 0;
  }
  const { counts, oldestWait, doneByMinute, workers } = figures;
  terminal.out(`Workers:   ${workers}\n`);
  terminal.out(
    `Waiting:   ${counts.waiting + counts.prioritized}, the oldest for ${formatDuration(oldestWait)}\n`,
  );
  terminal.out(`At work:   ${counts.active}, for their parts ${counts["waiting-children"]}\n`);
  terminal.out(`To retry:  ${counts.delayed}\n`);
  terminal.out(
    `Done:      ${figures.done}, ${sum(doneByMinute)} in the last ${doneByMinute.length} minutes\n`,
  );
  terminal.out(`Failed:    ${figures.failed}, ${counts.failed} kept\n`);
  for (const { id, code, message } of failed) terminal.out(`  ${id} ${code}: ${message}\n`);
  return 0;
}

async function retryJobs({ queue, ids, flags, terminal }: Call): Promise<number> {
  const which = flags.all ? (await queue.failed(MOST)).map(({ id }) => id) : ids;
  return await eachJob(which, terminal, (id) => queue.retry(id), "to be tried again", "has not failed");
}

async function eachJob(
  ids: readonly string[],
  terminal: Terminal,
  act: (id: string) => Promise<boolean>,
  done: string,
  not: string,
): Promise<number> {
  let exitCode = 0;
  for (const id of ids) {
    const isDone = await act(id);
    terminal.out(`${id}: ${isDone ? done : not}\n`);
    if (!isDone) exitCode = 1;
  }
  return exitCode;
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

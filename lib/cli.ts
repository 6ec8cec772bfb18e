#!/usr/bin/env -S deno run --allow-read --allow-write --allow-env --allow-net --allow-ffi --allow-sys --allow-run=ffmpeg
/**
 * The command line: `sotto AUDIO…` transcribes, `sotto models` and its like look after the cache.
 *
 *     deno run --allow-read --allow-write --allow-env --allow-net --allow-ffi --allow-sys --allow-run=ffmpeg \
 *       lib/cli.ts talk.mp3 --model base --output_format srt
 *
 * Exit codes: 0 all went well, 1 something failed, 2 wrong usage, 130 interrupted.
 *
 * @module
 */
import process from "node:process";
import { Readable } from "node:stream";
import { COMMAND_NAMES, type CommandName, isCommandName } from "./commands/command_names.ts";
import { describeError } from "./commands/terminal/describe_error.ts";
import { type FlagTable, parseFlags } from "./commands/flags/parse_flags.ts";
import { warn } from "./commands/terminal/warn.ts";
import { type Command, HelpRequest, type Terminal, UsageError } from "./commands/command.ts";

export type { Terminal };

/** The commands, each loaded when it is called. */
const COMMANDS: Readonly<Record<CommandName, () => Promise<{ command: Command }>>> = {
  transcribe: () => import("./commands/transcribe.ts"),
  listen: () => import("./commands/listen.ts"),
  models: () => import("./commands/models/models.ts"),
  download: () => import("./commands/models/download.ts"),
  prepare: () => import("./commands/models/prepare.ts"),
  verify: () => import("./commands/models/verify.ts"),
  remove: () => import("./commands/models/remove.ts"),
  cache: () => import("./commands/models/cache.ts"),
  doctor: () => import("./commands/doctor.ts"),
  serve: () => import("./commands/serve.ts"),
  worker: () => import("./commands/queue/worker.ts"),
  submit: () => import("./commands/queue/submit.ts"),
  queue: () => import("./commands/queue/queue.ts"),
  align: () => import("./commands/align.ts"),
  eval: () => import("./commands/eval.ts"),
  plot: () => import("./commands/plot.ts"),
};

/** What is meant by a command line that names none. */
const DEFAULT_COMMAND: CommandName = "transcribe";

const INTERRUPTED = 130;

/**
 * Runs a command line.
 *
 * @param args The words after the program's name.
 * @returns The exit code.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = args;
  if (first === "help") return await main([...rest, "--help"], terminal);
  let flags: FlagTable | undefined;
  try {
    if (first === "--version") {
      terminal.out(`${await version()}\n`);
      return 0;
    }
    const { command } = await COMMANDS[isCommandName(first) ? first : DEFAULT_COMMAND]();
    flags = command.flags;
    return await run(command, isCommandName(first) ? rest : args, terminal);
  } catch (error) {
    if (terminal.signal.aborted) return INTERRUPTED;
    terminal.err(`${describeError(error, flags)}\n`);
    if (!(error instanceof UsageError)) return 1;
    terminal.err(`Try: sotto ${isCommandName(first) ? `${first} ` : ""}--help\n`);
    return 2;
  }
}

async function run(command: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    // As Python's argparse does it; but who wants two formats is to learn it before the work, and not after.
    for (const name of parseFlags(args, command.flags).overruled) {
      warn(terminal, `--${name} was given several values: only the last counts`);
    }
    return await command.run(args, terminal);
  } catch (error) {
    if (!(error instanceof HelpRequest)) throw error;
    terminal.out(command.usage);
    if (command.name === DEFAULT_COMMAND) terminal.out(`\n${await describeCommands()}`);
    return 0;
  }
}

async function version(): Promise<string> {
  const { default: { version } } = await import("../deno.json", { with: { type: "json" } });
  return version;
}

async function describeCommands(): Promise<string> {
  const commands = await Promise.all(COMMAND_NAMES.map((name) => COMMANDS[name]()));
  const lines = commands.map(({ command }) => `  sotto ${command.name.padEnd(12)} ${command.summary}\n`);
  return `Commands:\n\n${lines.join("")}`;
}

/** Runs the command line of this process; Ctrl-C aborts what it does, and once more ends it. */
async function runProcess(): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new DOMException("Interrupted", "AbortError"));
  process.once("SIGINT", interrupt);
  // A reader that went away, as in `sotto … | head`, is no reason not to write the files.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  let isReading = false;
  const exitCode = await main(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    stdin: () => {
      isReading = true;
      return openStdin();
    },
    interactive: process.stderr.isTTY === true,
    columns: process.stderr.columns || 80,
    signal: controller.signal,
  });
  process.removeListener("SIGINT", interrupt);
  process.exitCode = exitCode;
  // Deno takes no read of standard input back, and one that waits would keep the process: it ends once all is printed.
  if (isReading) process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
}

function openStdin(): ReadableStream<Uint8Array> {
  if (process.stdin.isTTY) {
    throw new UsageError(
      "Cannot read standard input: it is a terminal; write a file's name, or pipe audio in",
    );
  }
  return Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>;
}

if (import.meta.main) await runProcess();

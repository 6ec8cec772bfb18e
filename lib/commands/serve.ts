/** `sotto serve`: a transcription server in the shape of OpenAI's. */
import process from "node:process";
import type { LogEntry } from "../http/operation/log_entry.ts";
import { listen } from "../http/node/listen.ts";
import { isLoopback } from "../http/loopback.ts";
import { createHandler, type FrontOptions, type ServerOptions } from "../server.ts";
import { checkUsage, type Command, type Terminal, UsageError } from "./command.ts";
import { boolean, list, number, optionalInteger, text } from "./flags/flag_kinds.ts";
import { describeFlags, type FlagValues, parseFlags } from "./flags/parse_flags.ts";
import {
  assertModelsExist,
  servedModelsFrom,
  SERVING_FLAGS,
  servingOptionsFrom,
} from "./flags/serving_flags.ts";
import { failureOf, untilStopped } from "./terminal/until_stopped.ts";

const FLAGS = {
  host: text("NAME", "127.0.0.1", { help: "where to listen; beyond this machine a key is needed" }),
  port: number(8000, { help: "the port; 0 for any that is free" }),
  model: list("NAME|PATH", {
    help:
      "official model or path, may be given several times; else every official one, base first; with --queue, " +
      "a name that the workers have, else any",
  }),
  api_key: list("KEY", {
    help: "a key that clients must have; else SOTTO_API_KEY, which no other process sees",
    option: "apiKeys",
  }),
  no_auth: boolean(false, { help: "listen beyond this machine without a key" }),
  cors: list("ORIGIN", { help: "an origin whose pages may ask, or *", option: "corsOrigins" }),
  max_upload: text("SIZE", "256M", { help: "bytes of an upload, with K, M or G" }),
  concurrency: number(16, { help: "recordings at work at the same time, decoded together" }),
  live_sessions: number(16, { help: "live sessions held at a time", option: "maxLiveSessions" }),
  max_requests: number(64, { help: "transcriptions taken in at a time; beyond, the answer is 429" }),
  queue: text("URL", undefined, {
    help:
      "have the work done by the workers of a queue on Redis, as redis://user:password@host:6379; - for the " +
      "address in SOTTO_REDIS, which no other process sees",
    option: "redis",
  }),
  queue_name: text("NAME", "transcriptions", {
    help: "the name of that queue",
    option: "queue",
    requires: "queue",
  }),
  sound_folder: text("DIR", undefined, {
    help: "the folder that all its workers see; uploads lie there meanwhile",
    requires: "queue",
  }),
  part_seconds: optionalInteger(null, {
    help: "with --queue: transcribe in parts of about so many seconds, on as many workers as are free",
    requires: "queue",
  }),
  live_model: list("NAME|PATH", {
    help: "with --queue: a model for live sessions, loaded here when one begins; else there are none",
    requires: "queue",
  }),
  no_page: boolean(false, { help: "serve no page at /, only the API" }),
  preload: boolean(false, { help: "load the first model at once" }),
  vad: boolean(false, { help: "transcribe only speech, where a request does not say otherwise" }),
  shutdown_timeout: number(30, { help: "seconds that requests may take to end after SIGTERM or Ctrl-C" }),
  ...SERVING_FLAGS,
} as const;

type ServeFlags = FlagValues<typeof FLAGS>;

/** Seconds for the headers of a request, and for a whole one. */
const HEADERS_TIMEOUT = 15;
const REQUEST_TIMEOUT = 600;

/** The command. */
export const command: Command = {
  name: "serve",
  summary: "Serve OpenAI's transcription API",
  usage: `Usage: sotto serve [FLAG]...

Answers POST /v1/audio/transcriptions and /v1/audio/translations as OpenAI does, until Ctrl-C or SIGTERM: what was
taken in is then brought to its end. The log is a line of JSON each, on stderr.

With --queue and --sound_folder the work is done by \`sotto worker\` on other machines, and none here.

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values: flags, positionals } = parseFlags(args, FLAGS);
    if (positionals.length > 0) throw new UsageError(`Cannot serve: ${positionals[0]} is no flag`);
    return await serve(flags, terminal);
  },
};

async function serve(flags: ServeFlags, terminal: Terminal): Promise<number> {
  assertPort(flags);
  const options = optionsFrom(flags, terminal);
  assertGuarded(flags, options);
  // With a queue, --model names what its workers have.
  await assertModelsExist(flags.queue === undefined ? flags.model : flags.live_model);
  await using handler = checkUsage(() => createHandler(options));
  const server = await listen(handler, {
    host: flags.host,
    port: flags.port,
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
  });
  // An address of version 6 stands in brackets.
  const host = flags.host.includes(":") ? `[${flags.host}]` : flags.host;
  terminal.out(`Listening on http://${host}:${server.port}\n`);
  const stopped = untilStopped(terminal.signal);
  try {
    await Promise.race([stopped.promise, failureOf(handler.ready)]);
  } finally {
    stopped.forget();
    // Who is connected is told of what happens to his request: the handler goes first.
    await server.close(handler.close({ timeout: flags.shutdown_timeout }));
  }
  return 0;
}

/** The last port there is. */
const LAST_PORT = 65_535;

function assertPort({ port }: ServeFlags): void {
  if (Number.isInteger(port) && port >= 0 && port <= LAST_PORT) return;
  throw new UsageError(`Cannot serve: --port is ${port}, wanted a whole number from 0 to ${LAST_PORT}`);
}

function assertGuarded({ host, no_auth }: ServeFlags, { apiKeys = [] }: ServerOptions): void {
  if (isLoopback(host) || apiKeys.length > 0 || no_auth) return;
  throw new UsageError(
    `Cannot serve on ${host} without a key: anybody who reaches it could use it; set SOTTO_API_KEY, or give ` +
      "--api_key KEY, or --no_auth if that is meant",
  );
}

function optionsFrom(flags: ServeFlags, terminal: Terminal): ServerOptions {
  const fromEnvironment = process.env.SOTTO_API_KEY;
  const apiKeys = flags.api_key.length > 0 ? flags.api_key : fromEnvironment ? [fromEnvironment] : [];
  return {
    ...modelsFrom(flags),
    ...servingOptionsFrom(flags),
    preload: flags.preload,
    transcribe: flags.vad ? { vad: true } : {},
    apiKeys,
    corsOrigins: flags.cors,
    // A name that was made to lead to this machine is a way into it, where no key is asked for.
    ...(apiKeys.length === 0 && isLoopback(flags.host) && { hosts: [...LOCAL_NAMES, flags.host] }),
    maxUpload: parseSize(flags.max_upload),
    concurrency: flags.concurrency,
    maxLiveSessions: flags.live_sessions,
    maxRequests: flags.max_requests,
    page: !flags.no_page,
    onLog: flags.quiet ? undefined : (entry: LogEntry) => terminal.err(`${JSON.stringify(entry)}\n`),
  };
}

/** The models of this process, or the queue behind it. */
function modelsFrom(flags: ServeFlags): Pick<ServerOptions, "models" | "queue"> {
  const served = servedModelsFrom(flags.model);
  if (flags.queue === undefined) return flags.model.length > 0 ? { models: served } : {};
  return {
    ...(flags.live_model.length > 0 && { models: servedModelsFrom(flags.live_model) }),
    queue: { ...queueFrom(flags), models: Object.keys(served) },
  };
}

function queueFrom({ queue, queue_name, sound_folder, part_seconds }: ServeFlags): FrontOptions {
  const redis = queue === "-" ? process.env.SOTTO_REDIS ?? "" : queue!;
  if (!/^rediss?:\/\/./.test(redis)) {
    throw new UsageError(
      "Cannot serve: --queue wants the address of Redis, as redis://user:password@host:6379; how many " +
        "transcriptions are taken in is --max_requests",
    );
  }
  if (sound_folder === undefined) {
    throw new UsageError("Cannot serve: --queue wants --sound_folder, the folder that all workers see");
  }
  const parts = part_seconds === null ? {} : { partSeconds: part_seconds };
  return { redis, queue: queue_name, soundFolder: sound_folder, ...parts };
}

/** What this machine is called by itself. */
const LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"];

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 };

function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+)\s*([kmg]?)i?b?$/i.exec(text.trim()) ?? [];
  if (digits !== undefined && Number(digits) > 0) return Number(digits) * UNITS[unit.toLowerCase()];
  throw new UsageError(`Cannot read --max_upload: its value is "${text}", wanted a size as 256M`);
}

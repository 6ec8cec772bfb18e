/** `sotto submit FILE…`: sends recordings to a queue on Redis, and waits for what becomes of them if that is wanted. */
import { join, parse } from "node:path";
import { expandHome } from "../../checkpoint/cache/cache_paths.ts";
import {
  type EnqueueOptions,
  JobFailedError,
  type JobOptions,
  type JobResult,
  openQueue,
  type QueuedJob,
  type TranscriptionQueue,
} from "../../queue.ts";
import { FROM_ZERO } from "../../options/check_options.ts";
import { checkEnqueueOptions } from "../../queue/jobs/check_job.ts";
import { checkSubtitleOptions, OUTPUT_FORMATS } from "../../writers/format_transcription.ts";
import { checkUsage, type Command, type Terminal, UsageError } from "../command.ts";
import { boolean, choice, number, optionalInteger, text } from "../flags/flag_kinds.ts";
import { LOAD_FLAGS } from "../flags/load_settings.ts";
import {
  defaultsOf,
  describeFlags,
  flagsWithout,
  type FlagValues,
  parseFlags,
  requiring,
} from "../flags/parse_flags.ts";
import { settingsFrom, type TranscribeCommandSettings } from "../flags/transcribe_settings.ts";
import { WRITTEN } from "../flags/shared_flags.ts";
import { SUBTITLE_FLAGS } from "../flags/subtitle_flags.ts";
import { TRANSCRIBE_FLAGS } from "../flags/whisper_flags.ts";
import { resultPaths, writeResults } from "../results/result_files.ts";
import { distinctNames } from "../results/result_names.ts";
import { warn } from "../terminal/warn.ts";
import { expandWildcards } from "../wildcards.ts";
import { tryOutputFiles } from "../results/output_files.ts";
import { describeError } from "../terminal/describe_error.ts";
import { assertPlace, isAddress, placeSound } from "./place_sound.ts";
import { IMPATIENT_QUEUE_FLAGS, queueOptionsFrom } from "./queue_flags.ts";

/** How models are loaded is the workers' business, and what is printed on the way nobody's. */
const JOB_FLAGS = flagsWithout(TRANSCRIBE_FLAGS, [
  "model",
  ...Object.keys(LOAD_FLAGS) as (keyof typeof LOAD_FLAGS)[],
  "fp16",
  "verbose",
  "ffmpeg",
  "resume",
  "explain",
  "output_format",
]);

const FLAGS = {
  ...IMPATIENT_QUEUE_FLAGS,
  model: text("NAME", undefined, { help: "a model that the workers have; else their first" }),
  sound_folder: text("DIR", undefined, {
    help: "the folder that all workers see; files elsewhere are copied there, and removed after the job",
  }),
  wait: boolean(false, { help: "wait for the results, and write them to files" }),
  format: choice([...OUTPUT_FORMATS, "all"], TRANSCRIBE_FLAGS.output_format.default, {
    short: "f",
    help: WRITTEN,
    requires: "wait",
  }),
  priority: number(0, { help: "lower numbers go first, from 1; those without go before all" }),
  retries: number(2, { help: "how often a job that failed is tried again" }),
  backoff: number(5, { help: "seconds before it is tried again; twice as many before each time after" }),
  keep: number(86_400, { help: "seconds that the result is kept", option: "keepResult" }),
  part_seconds: optionalInteger(null, {
    help: "transcribe in parts of about so many seconds, on as many workers as are free",
  }),
  webhook: text("URL", undefined, { help: "who is told of the end, with a signature" }),
  ...JOB_FLAGS,
  ...requiring("wait", { ...SUBTITLE_FLAGS, output_dir: JOB_FLAGS.output_dir }),
} as const;

type SubmitFlags = FlagValues<typeof FLAGS>;

/** The command. */
export const command: Command = {
  name: "submit",
  summary: "Send recordings to a queue on Redis",
  usage: `Usage: sotto submit FILE... --sound_folder DIR [--redis URL] [--wait] [FLAG]...

Sends recordings to the workers of a queue and prints the key of each job. FILE is a file, or an http(s):// or s3://
address with #sha256= and its digest behind it. The same recording with the same flags is done once.

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values: flags, positionals } = parseFlags(args, FLAGS);
    if (positionals.length === 0) throw new UsageError("Cannot submit: no file was given");
    if (!FROM_ZERO[1](flags.retries)) {
      throw new UsageError(`Cannot submit: --retries is ${flags.retries}, wanted ${FROM_ZERO[0]}`);
    }
    const words = await expandWildcards(positionals);
    const settings = settingsOf(flags);
    const how = enqueueOptionsFrom(flags, settings);
    // What is wrong is found before Redis is asked, and before a job is sent.
    checkUsage(() => {
      checkEnqueueOptions(how);
      checkSubtitleOptions(settings.subtitles);
    });
    for (const word of words) assertPlace(word, flags.sound_folder);
    const names = distinctNames(
      words.map((word) => parse(isAddress(word) ? word.replace(/[?#].*$/, "") : word).name),
    );
    const results = names.map((name) => join(expandHome(flags.output_dir), name));
    if (flags.wait) await tryOutputFiles(results.flatMap((path) => resultPaths(path, settings.formats)));
    await using queue = await openQueue({ ...queueOptionsFrom(flags), signal: terminal.signal });
    let exitCode = 0;
    const waits: Promise<void>[] = [];
    for (const [i, word] of words.entries()) {
      const failed = (error: unknown) => {
        terminal.signal.throwIfAborted();
        // What a worker says is for people as it is.
        const reason = error instanceof JobFailedError ? error.message : describeError(error, FLAGS);
        terminal.err(`Cannot have ${word} transcribed: ${reason}\n`);
        exitCode = 1;
      };
      try {
        const job = await send(word, queue, flags.sound_folder, how);
        terminal.out(`${job.id}  ${word}\n`);
        if (flags.wait) waits.push(keep(word, job, results[i], settings, terminal).catch(failed));
      } catch (error) {
        failed(error);
      }
    }
    await Promise.all(waits);
    return exitCode;
  },
};

function settingsOf({ model = "", format, ...flags }: SubmitFlags): TranscribeCommandSettings {
  return settingsFrom({ ...defaultsOf(TRANSCRIBE_FLAGS), ...flags, model, output_format: format });
}

function enqueueOptionsFrom(flags: SubmitFlags, settings: TranscribeCommandSettings): EnqueueOptions {
  return {
    model: flags.model,
    transcribe: jobOptions(settings),
    priority: flags.priority,
    attempts: flags.retries + 1,
    backoff: flags.backoff,
    keepResult: flags.keep,
    ...(flags.part_seconds !== null && { partSeconds: flags.part_seconds }),
    ...(flags.webhook !== undefined && { webhook: { url: flags.webhook } }),
  };
}

async function send(
  word: string,
  queue: TranscriptionQueue,
  folder: string | undefined,
  how: EnqueueOptions,
): Promise<QueuedJob> {
  const placed = await placeSound(word, folder);
  try {
    const job = await queue.enqueue(placed.sound, { ...how, ...(placed.isCopy && { removeSound: true }) });
    if (job.wasThere) await placed.forget();
    return job;
  } catch (error) {
    await placed.forget();
    throw error;
  }
}

/** The options that say something: a recording of which all is transcribed may be cut into parts. */
function jobOptions({ transcribe: { clipTimestamps, ...options } }: TranscribeCommandSettings): JobOptions {
  const isPart = clipTimestamps !== undefined && clipTimestamps.join() !== "0";
  return JSON.parse(JSON.stringify({ ...options, ...(isPart && { clipTimestamps }) }));
}

/** Waits for a result, and writes it. */
async function keep(
  word: string,
  job: QueuedJob,
  path: string,
  settings: TranscribeCommandSettings,
  terminal: Terminal,
): Promise<void> {
  const result: JobResult = await job.result({ signal: terminal.signal });
  for (const warning of result.warnings) warn(terminal, `${word}: ${warning}`, FLAGS);
  const options = { ...settings.subtitles, name: parse(path).name };
  await writeResults(path, settings.formats, result, options);
}

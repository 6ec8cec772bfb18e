/** `sotto plot FILE…`: pictures of recordings and what is said in them, for documents. */
import { readdir } from "node:fs/promises";
import { dirname, extname, join, parse } from "node:path";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { OUTPUT_FORMATS } from "../writers/format_transcription.ts";
import { readJson } from "../writers/read_json.ts";
import type { Transcript } from "../writers/transcript.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { choice } from "./flags/flag_kinds.ts";
import { describeFlags, type FlagValues, parseFlags } from "./flags/parse_flags.ts";
import { TRANSCRIBE_FLAGS } from "./flags/whisper_flags.ts";
import { tryOutputFiles } from "./results/output_files.ts";
import { reportMaterial } from "./results/report_material.ts";
import { resultPaths, writeResults } from "./results/result_files.ts";
import { warn } from "./terminal/warn.ts";
import { type LoadTranscribingModel, transcribeWords } from "./transcribe.ts";
import { readText } from "./text_file.ts";
import { expandWildcards } from "./wildcards.ts";
import { loadWhenCalled } from "./terminal/load_for_command.ts";

const PLOT_FLAGS = {
  output_format: choice(["svg", "html"], "svg", {
    short: "f",
    help: "a picture for documents, or a page that plays",
  }),
} as const;

const FLAGS = { ...TRANSCRIBE_FLAGS, ...PLOT_FLAGS } as const;

/** The command. */
export const command: Command = {
  name: "plot",
  summary: "Draw the waveform of recordings with what is said in them",
  usage: `Usage: sotto plot FILE... [FLAG]...

Draws each FILE to a picture of its name (SVG): waveform, speech, words by their probability, segments, windows. A
recording is transcribed; of a transcription in JSON, as -f json wrote it, the recording beside it is drawn.

  sotto plot talk.mp3 --model base
  sotto plot talk.json

${describeFlags(PLOT_FLAGS)}
All other flags are those of transcribing: see sotto --help. Of a JSON, --output_dir and --seconds_per_row count.
`,
  flags: FLAGS,
  run: (args, terminal) => plot(args, terminal, loadWhenCalled),
};

/**
 * Draws what a command line names.
 *
 * @returns The exit code: 1 if a recording was skipped.
 * @throws {UsageError} when the command line is wrong, or a JSON is no transcription.
 */
export async function plot(
  args: readonly string[],
  terminal: Terminal,
  loadModel: LoadTranscribingModel,
): Promise<number> {
  const { values: flags, positionals } = parseFlags(args, FLAGS);
  if (positionals.length === 0) throw new UsageError("Cannot plot: no recording and no JSON was given");
  const words = await expandWildcards(positionals);
  const [written = [], recordings = []] = [true, false].map((isJson) =>
    words.filter((word) => (extname(word).toLowerCase() === ".json") === isJson)
  );
  for (const path of written) await plotJson(expandHome(path), flags, terminal);
  return recordings.length === 0 ? 0 : await transcribeWords(recordings, flags, terminal, loadModel);
}

async function plotJson(path: string, flags: FlagValues<typeof FLAGS>, terminal: Terminal): Promise<void> {
  const { output_format: format, output_dir, seconds_per_row, ffmpeg } = flags;
  const { name } = parse(path);
  const result = await readTranscript(path);
  const results = join(expandHome(output_dir), name);
  await tryOutputFiles(resultPaths(results, [format]));
  const onWarning = (message: string) => warn(terminal, message);
  const recording = await recordingBeside(path);
  if (recording === undefined) onWarning(`There is no waveform: no recording lies beside ${path}`);
  const { signal } = terminal;
  const material = await reportMaterial(recording, { formats: [format], results, ffmpeg, signal, onWarning });
  const options = { ...material, name, secondsPerRow: seconds_per_row ?? undefined };
  await writeResults(results, [format], result, options);
}

async function readTranscript(path: string): Promise<Transcript> {
  const text = await readText(path, "plot");
  try {
    return readJson(text);
  } catch (cause) {
    throw new UsageError(`Cannot plot ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** The file of the same name that is no result. */
async function recordingBeside(path: string): Promise<string | undefined> {
  const { name, dir } = parse(path);
  const results: readonly string[] = [...OUTPUT_FORMATS, "resume"];
  const beside = (await readdir(dir || ".")).sort().find((other) => {
    const { name: stem, ext } = parse(other);
    return stem === name && !results.includes(ext.slice(1).toLowerCase());
  });
  return beside === undefined ? undefined : join(dirname(path), beside);
}

/**
 * `sotto AUDIO…`: transcribes recordings and writes what openai/whisper's command line would. After `cli` of its
 * `transcribe.py`.
 */
import { mkdir } from "node:fs/promises";
import { parse } from "node:path";
import type { LoadModelOptions, TranscribeOptions, Transcription } from "../../mod.ts";
import { ModelNotFoundError } from "../errors.ts";
import { languageName } from "../tokenizer/languages.ts";
import { transcribeSettings } from "../transcription/transcribe_options.ts";
import {
  checkSubtitleOptions,
  formatTimestamp,
  formatTranscription,
} from "../writers/format_transcription.ts";
import { formatDuration } from "./terminal/quantities.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { explainWindow } from "./terminal/explain_window.ts";
import { describeFlags, parseFlags } from "./flags/parse_flags.ts";
import { showLoadProgress } from "./terminal/load_progress.ts";
import { outputStem, writeOutputFiles } from "./output_files.ts";
import { ProgressBar } from "./terminal/progress_bar.ts";
import { settingsFrom, type TranscribeCommandSettings } from "./flags/transcribe_settings.ts";
import { OWN_FLAGS, TRANSCRIBE_FLAGS, type TranscribeFlags, WHISPER_FLAGS } from "./flags/whisper_flags.ts";

/** What transcribing needs of a model. */
export interface TranscribingModel extends Disposable {
  readonly deviceReport: readonly string[];
  transcribe(audio: string, options: TranscribeOptions): Promise<Transcription>;
}

/** Loads a model: `loadModel`. */
export type LoadTranscribingModel = (source: string, options: LoadModelOptions) => Promise<TranscribingModel>;

/** The command. */
export const command: Command = {
  name: "transcribe",
  summary: "Transcribe recordings (the command that is meant when there is none)",
  usage: `Usage: sotto AUDIO... [FLAG]...

Transcribes recordings and writes the results to files of their names. AUDIO is a file, an http(s):// or
file:// address, or - for standard input. After --, every word is AUDIO.

A flag of True|False also takes yes and no, 1 and 0. Without a value it is True: at the end, before another flag,
and before a word with a dot or a slash, which is taken for AUDIO. Before any other word, write True.

${describeFlags(WHISPER_FLAGS)}
Beside those of openai/whisper:

${describeFlags(OWN_FLAGS)}`,
  run: (args, terminal) =>
    transcribeFiles(args, terminal, async (source, options) => {
      const { loadModel } = await import("../../mod.ts");
      return await loadModel(source, options);
    }),
};

/** Everything that transcribing one file needs. */
interface Work {
  readonly terminal: Terminal;
  readonly flags: TranscribeFlags;
  readonly settings: TranscribeCommandSettings;
}

/**
 * Transcribes the files that a command line names.
 *
 * @returns The exit code: 1 if a file was skipped.
 * @throws {UsageError} when the command line is wrong or there is no such model.
 */
export async function transcribeFiles(
  args: readonly string[],
  terminal: Terminal,
  loadModel: LoadTranscribingModel,
): Promise<number> {
  const { values: flags, positionals: files } = parseFlags(args, TRANSCRIBE_FLAGS);
  if (files.length === 0) throw new UsageError("Cannot transcribe: no audio file was given");
  const work = { terminal, flags, settings: settingsFrom(flags) };
  checkOptions(work.settings);
  for (const warning of [...work.settings.warnings, ...sharedNames(files)]) warn(terminal, warning);
  await mkdir(flags.output_dir, { recursive: true });
  using model = await load(work, loadModel);
  let exitCode = 0;
  for (const file of files) {
    try {
      await transcribeFile(file, model, work);
    } catch (error) {
      terminal.signal.throwIfAborted();
      terminal.err(`Skipping ${file} due to ${describeError(error)}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}

/** A wrong option is found before the model is loaded. */
function checkOptions({ transcribe, subtitles }: TranscribeCommandSettings): void {
  try {
    transcribeSettings(transcribe);
    checkSubtitleOptions(subtitles);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function load(
  { terminal, flags, settings }: Work,
  loadModel: LoadTranscribingModel,
): Promise<TranscribingModel> {
  const { onProgress, onWarning, end } = showLoadProgress(terminal, parse(settings.model).base);
  try {
    const options = { ...settings.load, signal: terminal.signal, onProgress, onWarning };
    const model = await loadModel(settings.model, options).finally(end);
    // Why a device is not used is several lines long; where the model runs is the last of its sentences.
    const report = flags.explain ? model.deviceReport : flags.verbose ? model.deviceReport.slice(-1) : [];
    for (const sentence of report) terminal.err(`${sentence}\n`);
    return model;
  } catch (error) {
    if (error instanceof ModelNotFoundError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function transcribeFile(file: string, model: TranscribingModel, work: Work): Promise<void> {
  const { terminal, flags, settings } = work;
  const bar = new ProgressBar(terminal, { plain: !flags.verbose });
  const started = performance.now();
  const printed = (print: () => void) => bar.above(print);
  const result = await model.transcribe(file, {
    ...settings.transcribe,
    signal: terminal.signal,
    onProgress({ loaded, total }) {
      const figures = progressFigures(loaded, total, (performance.now() - started) / 1000);
      bar.update({ text: `Transcribing ${parse(file).base}`, fraction: loaded / total, figures });
    },
    onWarning: (message) => printed(() => warn(terminal, message)),
    ...(flags.explain && { onWindow: (window) => printed(() => terminal.err(explainWindow(window))) }),
    ...(flags.verbose && verboseCallbacks(work, printed)),
  }).finally(() => bar.clear());
  const stem = outputStem(flags.output_dir, file);
  await writeOutputFiles(
    new Map(settings.formats.map((format) => {
      return [`${stem}.${format}`, formatTranscription(result, format, settings.subtitles)];
    })),
  );
}

/** Prints the language, if it was not given, and the segments as openai/whisper does. */
function verboseCallbacks(
  { terminal, settings }: Work,
  printed: (print: () => void) => void,
): Pick<TranscribeOptions, "onLanguage" | "onSegment"> {
  return {
    onLanguage(code) {
      if (settings.transcribe.language !== undefined) return;
      printed(() => terminal.out(`Detected language: ${titleOf(code)}\n`));
    },
    onSegment({ start, end, text }) {
      if (text === "") return;
      printed(() => terminal.out(`[${formatTimestamp(start)} --> ${formatTimestamp(end)}] ${text}\n`));
    },
  };
}

function titleOf(code: string): string {
  return (languageName(code) ?? code).replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

/** Spells `0:12 of 1:07, 5.2x real time, 0:11 left`. */
function progressFigures(done: number, total: number, elapsed: number): string {
  const behind = `${formatDuration(done)} of ${formatDuration(total)}`;
  if (done === 0) return behind;
  const speed = done / elapsed;
  return `${behind}, ${speed.toFixed(1)}x real time, ${formatDuration((total - done) / speed)} left`;
}

/** Files that have the same name in different folders would overwrite each other's results. */
function sharedNames(files: readonly string[]): string[] {
  const first = new Map<string, string>();
  const warnings: string[] = [];
  for (const file of new Set(files)) {
    const { name } = parse(file);
    const other = first.get(name);
    if (other === undefined) first.set(name, file);
    else warnings.push(`The results of ${file} overwrite those of ${other}: both are called ${name}`);
  }
  return warnings;
}

function warn(terminal: Terminal, message: string): void {
  terminal.err(`Warning: ${message}\n`);
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

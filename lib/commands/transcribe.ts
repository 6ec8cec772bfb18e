/**
 * `sotto AUDIO…`: transcribes recordings and writes what openai/whisper's command line would. After `cli` of its
 * `transcribe.py`.
 */
import { join } from "node:path";
import type {
  AudioSource,
  LoadModelOptions,
  TranscribeOptions,
  Transcription,
  TranscriptionState,
} from "../../mod.ts";
import { AudioDecodeError } from "../errors.ts";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { languageName } from "../tokenizer/languages.ts";
import { transcribeSettings } from "../transcription/transcribe_settings.ts";
import { checkSubtitleOptions } from "../writers/format_transcription.ts";
import { checkReportOptions } from "../writers/report/report_options.ts";
import { voiceName } from "../writers/voice_name.ts";
import { resultPaths, writeResults } from "./results/result_files.ts";
import { distinctNames } from "./results/result_names.ts";
import { describeError } from "./terminal/describe_error.ts";
import { formatDuration, formatReached, formatSpan } from "./terminal/quantities.ts";
import { type AudioArgument, lookAtAudio } from "./audio_arguments.ts";
import { checkUsage, type Command, type Terminal, UsageError } from "./command.ts";
import { explainSilences, explainWindow } from "./terminal/explain_window.ts";
import { nameFlags } from "./flags/name_flags.ts";
import { describeFlags, parseFlags } from "./flags/parse_flags.ts";
import { loadForCommand, loadWhenCalled } from "./terminal/load_for_command.ts";
import { tryOutputFiles } from "./results/output_files.ts";
import { type ReportMaterial, reportMaterial } from "./results/report_material.ts";
import { ProgressBar } from "./terminal/progress_bar.ts";
import { warn } from "./terminal/warn.ts";
import { keepUnfinished, readUnfinished, removeUnfinished } from "./results/unfinished.ts";
import { settingsFrom, type TranscribeCommandSettings } from "./flags/transcribe_settings.ts";
import { expandWildcards } from "./wildcards.ts";
import { OWN_FLAGS, TRANSCRIBE_FLAGS, type TranscribeFlags, WHISPER_FLAGS } from "./flags/whisper_flags.ts";

/** Frames of a transcription's state. */
const FRAMES_PER_SECOND = 100;

/** What transcribing needs of a model. */
export interface TranscribingModel extends Disposable {
  readonly deviceReport: readonly string[];
  readonly isMultilingual: boolean;
  transcribe(audio: AudioSource, options: TranscribeOptions): Promise<Transcription>;
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
  flags: TRANSCRIBE_FLAGS,
  run: (args, terminal) => transcribeFiles(args, terminal, loadWhenCalled),
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
  const { values: flags, positionals: words } = parseFlags(args, TRANSCRIBE_FLAGS);
  return await transcribeWords(await expandWildcards(words), flags, terminal, loadModel);
}

/** Transcribes the recordings that words of a command line name: see `transcribeFiles`. */
export async function transcribeWords(
  words: readonly string[],
  flags: TranscribeFlags,
  terminal: Terminal,
  loadModel: LoadTranscribingModel,
): Promise<number> {
  if (words.length === 0) throw new UsageError("Cannot transcribe: no audio file was given");
  const work = { terminal, flags, settings: settingsFrom(flags) };
  checkOptions(work.settings);
  const { found, missing } = await lookAtAudio(words, terminal);
  // A command is the first word: files after one that is misspelt are not to be transcribed, with a model fetched for it.
  const isOtherCommand = missing.some(({ word, isLikeCommand }) => isLikeCommand && word === words[0]);
  if (found.length === 0 || isOtherCommand) {
    throw new UsageError(
      missing.map(({ word, reason }) => `Cannot transcribe "${word}": ${reason}`).join("\n"),
    );
  }
  for (const { word, reason } of missing) terminal.err(`Skipping ${word}: ${reason}\n`);
  for (const warning of work.settings.warnings) warn(terminal, warning);
  const recordings = placeResults(found, work);
  const states = await statesOf(recordings, work);
  await tryOutputFiles(recordings.flatMap(({ results }) => resultPaths(results, work.settings.formats)));
  using model = await load(work, loadModel);
  let exitCode = missing.length > 0 ? 1 : 0;
  for (const recording of recordings) {
    try {
      await transcribeFile(recording, model, work, states.get(recording));
    } catch (error) {
      terminal.signal.throwIfAborted();
      terminal.err(
        `Skipping ${recording.word}: ${describeError(error, TRANSCRIBE_FLAGS)}${
          adviceFor(error, recording)
        }\n`,
      );
      exitCode = 1;
    }
  }
  return exitCode;
}

/** What else may be done about a failure. */
function adviceFor(error: unknown, { word }: AudioArgument): string {
  const isRaw = error instanceof AudioDecodeError && error.isUnknown && word === "-";
  return isRaw ? "; raw samples are heard by: sotto listen --format s16le --rate 16000" : "";
}

/** A recording and the path of its results, without ending. */
interface Recording extends AudioArgument {
  readonly results: string;
}

/** Decides where the results go; those of two recordings of one name do not overwrite each other. */
function placeResults(found: readonly AudioArgument[], { terminal, flags }: Work): Recording[] {
  const names = distinctNames(found.map(({ stem }) => stem));
  const folder = expandHome(flags.output_dir);
  return found.map((argument, i) => {
    const { word, stem } = argument;
    if (names[i] !== stem) terminal.err(`The results of ${word} are called ${names[i]}\n`);
    return { ...argument, results: join(folder, names[i]) };
  });
}

/** How far the recordings are, if they are to be gone on with. */
async function statesOf(
  recordings: readonly Recording[],
  { flags, settings }: Work,
): Promise<Map<Recording, TranscriptionState>> {
  const states = new Map<Recording, TranscriptionState>();
  if (!flags.resume) return states;
  for (const recording of recordings) {
    const state = await readUnfinished(recording, settings);
    if (state !== undefined) states.set(recording, state);
  }
  return states;
}

/** A wrong option is found before the model is loaded. */
function checkOptions({ transcribe, subtitles, picture }: TranscribeCommandSettings): void {
  checkUsage(() => {
    transcribeSettings(transcribe);
    checkSubtitleOptions(subtitles);
    checkReportOptions(picture);
  });
}

async function load(
  { terminal, flags, settings }: Work,
  loadModel: LoadTranscribingModel,
): Promise<TranscribingModel> {
  const model = await loadForCommand(settings.model, settings.load, terminal, loadModel);
  // Why a device is not used is several lines long; where the model runs is the last of its sentences.
  const report = flags.explain ? model.deviceReport : flags.verbose ? model.deviceReport.slice(-1) : [];
  for (const sentence of report) terminal.err(`${nameFlags(sentence, TRANSCRIBE_FLAGS)}\n`);
  return model;
}

async function transcribeFile(
  recording: Recording,
  model: TranscribingModel,
  work: Work,
  resume?: TranscriptionState,
): Promise<void> {
  const { settings } = work;
  let state = resume;
  try {
    const result = await hear(recording, model, work, { resume, onState: (reached) => state = reached });
    const material = await materialOf(recording, work);
    const options = { ...settings.subtitles, ...settings.picture, ...material, name: recording.stem };
    await writeResults(recording.results, settings.formats, result, options);
    await removeUnfinished(recording);
  } catch (error) {
    if (state !== undefined) await keepState(recording, work, state);
    throw error;
  }
}

/** What the formats that show the recording show of it. */
async function materialOf(
  { source, results }: Recording,
  { terminal, settings: { formats, transcribe: { ffmpeg, audioTrack, channel } } }: Work,
): Promise<ReportMaterial> {
  const onWarning = (message: string) => warn(terminal, message, TRANSCRIBE_FLAGS);
  const { signal } = terminal;
  return await reportMaterial(source, { formats, results, ffmpeg, audioTrack, channel, signal, onWarning });
}

/** Keeps what was found before the work was stopped, and says where and how to go on. */
async function keepState(recording: Recording, work: Work, state: TranscriptionState): Promise<void> {
  const { terminal, settings } = work;
  const reached = formatDuration(state.seek / FRAMES_PER_SECOND);
  try {
    const paths = await keepUnfinished(recording, settings, state);
    const advice = typeof recording.source === "string" ? "; to go on, add --resume to the same command" : "";
    terminal.err(`The first ${reached} of ${recording.word} are in ${paths.join(", ")}${advice}\n`);
  } catch (error) {
    terminal.err(`${describeError(error, TRANSCRIBE_FLAGS)}\n`);
  }
}

async function hear(
  recording: Recording,
  model: TranscribingModel,
  work: Work,
  { resume, onState }: Pick<TranscribeOptions, "resume" | "onState">,
): Promise<Transcription> {
  const { terminal, flags, settings } = work;
  const bar = new ProgressBar(terminal, { plain: !flags.verbose });
  const started = performance.now();
  const skipped = (resume?.seek ?? 0) / FRAMES_PER_SECOND;
  if (resume) terminal.err(`Going on with ${recording.word} at ${formatDuration(skipped)}\n`);
  const printed = (print: () => void) => bar.above(print);
  return await model.transcribe(recording.source, {
    ...settings.transcribe,
    resume,
    onState,
    signal: terminal.signal,
    onProgress({ loaded, total }) {
      const figures = progressFigures(loaded, total, loaded - skipped, (performance.now() - started) / 1000);
      const fraction = total === undefined ? 0 : loaded / total;
      bar.update({ text: `Transcribing ${recording.title}`, fraction, figures });
    },
    onWarning: (message) => printed(() => warn(terminal, message, TRANSCRIBE_FLAGS)),
    ...(flags.explain && {
      onSilences: (silences) => printed(() => terminal.err(explainSilences(silences))),
      onWindow: (window) => printed(() => terminal.err(explainWindow(window))),
    }),
    ...(flags.verbose && verboseCallbacks(work, model, printed)),
  }).finally(() => bar.clear());
}

/** Prints the language, if it was not given, and the segments as openai/whisper does. */
function verboseCallbacks(
  { terminal, settings }: Work,
  { isMultilingual }: TranscribingModel,
  printed: (print: () => void) => void,
): Pick<TranscribeOptions, "onLanguage" | "onSegment"> {
  return {
    onLanguage(code) {
      if (settings.transcribe.language !== undefined || !isMultilingual) return;
      printed(() => terminal.out(`Detected language: ${titleOf(code)}\n`));
    },
    onSegment(segment) {
      const { text } = segment;
      if (text === "") return;
      const name = voiceName(segment), voice = name === undefined ? "" : `${name}:`;
      printed(() => terminal.out(`${formatSpan(segment)} ${voice}${text}\n`));
    },
  };
}

function titleOf(code: string): string {
  return (languageName(code) ?? code).replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

/** Spells `0:12 of 1:07, 5.2x real time, 0:11 left`, from seconds of audio and of the work until now. */
function progressFigures(done: number, total: number | undefined, heard: number, elapsed: number): string {
  const behind = formatReached(done, total, formatDuration);
  if (heard <= 0) return behind;
  const speed = heard / elapsed;
  const left = total === undefined ? "" : `, ${formatDuration((total - done) / speed)} left`;
  return `${behind}, ${speed.toFixed(1)}x real time${left}`;
}

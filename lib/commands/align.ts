/** `sotto align AUDIO TEXT`: the times of a text one already has. */
import { join } from "node:path";
import type { Alignment, AlignOptions, AudioSource, LoadModelOptions } from "../../mod.ts";
import { alignSettings } from "../alignment/align_options.ts";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { checkSubtitleOptions, OUTPUT_FORMATS, WHISPER_FORMATS } from "../writers/format_transcription.ts";
import { lookAtAudio } from "./audio_arguments.ts";
import { checkUsage, type Command, type Terminal, UsageError } from "./command.ts";
import { boolean, choice, optionalInteger, outputFolder } from "./flags/flag_kinds.ts";
import { LOAD_FLAGS, loadOptionsFrom } from "./flags/load_settings.ts";
import { describeFlags, type FlagValues, parseFlags } from "./flags/parse_flags.ts";
import { AUDIO_FLAGS, SPOKEN_FLAGS, WRITTEN } from "./flags/shared_flags.ts";
import { SUBTITLE_FLAGS, subtitleOptionsFrom } from "./flags/subtitle_flags.ts";
import { tryOutputFiles } from "./results/output_files.ts";
import { reportMaterial } from "./results/report_material.ts";
import { resultPaths, writeResults } from "./results/result_files.ts";
import { loadForCommand, loadWhenCalled } from "./terminal/load_for_command.ts";
import { ProgressBar } from "./terminal/progress_bar.ts";
import { formatCount, formatDuration, formatReached, formatSpan } from "./terminal/quantities.ts";
import { warn } from "./terminal/warn.ts";
import { readLines } from "./text_file.ts";

const FLAGS = {
  ...SPOKEN_FLAGS,
  output_format: choice([...OUTPUT_FORMATS.filter((format) => format !== "rttm"), "all"], "srt", {
    short: "f",
    help: WRITTEN,
  }),
  output_dir: outputFolder({ help: "where to write it" }),
  verbose: boolean(true, { help: "print the lines with their times" }),
  vad: boolean(false, { help: "listen only where somebody speaks (Silero VAD)" }),
  ...SUBTITLE_FLAGS,
  ...AUDIO_FLAGS,
  seed: optionalInteger(null, { help: "where the sound is hard, another number may hear it otherwise" }),
  ...LOAD_FLAGS,
} as const;

type AlignFlags = FlagValues<typeof FLAGS>;

/** What aligning needs of a model. */
export interface AligningModel extends Disposable {
  align(audio: AudioSource, text: readonly string[], options: AlignOptions): Promise<Alignment>;
}

/** Loads a model: `loadModel`. */
export type LoadAligningModel = (source: string, options: LoadModelOptions) => Promise<AligningModel>;

/** The command. */
export const command: Command = {
  name: "align",
  summary: "Give a text one already has the times at which it is spoken",
  usage: `Usage: sotto align AUDIO TEXT [FLAG]...

Finds when each line of TEXT is spoken in AUDIO, and writes subtitles of that text. TEXT is plain text, subtitles (srt,
vtt; they get new times) or a transcription's JSON. Lines that are not spoken get no subtitle.

  sotto align talk.mp3 talk.txt --model base

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  run: (args, terminal) => align(args, terminal, loadWhenCalled),
};

/**
 * Aligns a text file with a recording.
 *
 * @returns The exit code.
 * @throws {UsageError} when the command line is wrong, or a file or the model is missing.
 */
export async function align(
  args: readonly string[],
  terminal: Terminal,
  loadModel: LoadAligningModel,
): Promise<number> {
  const { values: flags, positionals } = parseFlags(args, FLAGS);
  if (positionals.length !== 2) {
    throw new UsageError(
      `Cannot align ${formatCount(positionals.length, "file")}: wanted a recording and its text: ` +
        "sotto align AUDIO TEXT",
    );
  }
  const [word, path] = positionals;
  const { found: [audio], missing: [missing] } = await lookAtAudio([word], terminal);
  if (audio === undefined) throw new UsageError(`Cannot align "${missing.word}": ${missing.reason}`);
  const lines = await readLines(path);
  if (lines.length === 0) throw new UsageError(`Cannot align ${path}: it holds no text`);
  const formats = flags.output_format === "all" ? WHISPER_FORMATS : [flags.output_format];
  const settings = settingsFrom(flags);
  const subtitles = subtitleOptionsFrom(flags);
  // A wrong option is found before the model is loaded.
  checkUsage(() => {
    alignSettings(settings);
    checkSubtitleOptions(subtitles);
  });
  const results = join(expandHome(flags.output_dir), audio.stem);
  await tryOutputFiles(resultPaths(results, formats));
  using model = await loadForCommand(flags.model, loadOptionsFrom(flags), terminal, loadModel);
  const found = await find(model, audio, lines, settings, terminal);
  if (flags.verbose) report(found, terminal);
  const material = await reportMaterial(audio.source, {
    formats,
    results,
    ffmpeg: flags.ffmpeg,
    audioTrack: flags.audio_track ?? undefined,
    signal: terminal.signal,
  });
  const layout = { ...subtitles, ...material, name: audio.stem };
  await writeResults(results, formats, found, layout);
  return 0;
}

function settingsFrom(flags: AlignFlags): AlignOptions {
  return {
    language: flags.language as AlignOptions["language"],
    vad: flags.vad,
    ffmpeg: flags.ffmpeg,
    audioTrack: flags.audio_track ?? undefined,
    seed: flags.seed ?? undefined,
  };
}

async function find(
  model: AligningModel,
  { source, title }: { readonly source: AudioSource; readonly title: string },
  lines: readonly string[],
  settings: AlignOptions,
  terminal: Terminal,
): Promise<Alignment> {
  const bar = new ProgressBar(terminal);
  return await model.align(source, lines, {
    ...settings,
    signal: terminal.signal,
    onProgress({ loaded, total }) {
      const figures = formatReached(loaded, total, formatDuration);
      bar.update({ text: `Aligning ${title}`, fraction: total === undefined ? 0 : loaded / total, figures });
    },
    onWarning: (message) => bar.above(() => warn(terminal, message, FLAGS)),
  }).finally(() => bar.clear());
}

/** Prints the lines with their times, what is not spoken, and what is spoken and not in the text. */
function report({ segments, extraSpeech }: Alignment, terminal: Terminal): void {
  const extra = [...extraSpeech];
  for (const segment of segments) {
    const { text, spoken, words } = segment;
    while (extra.length > 0 && extra[0].start < segment.start) printExtra(extra.shift()!);
    if (!spoken) {
      terminal.out(`Not spoken:${text}\n`);
      continue;
    }
    const left = words.filter((word) => !word.spoken).map(({ word }) => word.trim());
    terminal.out(
      `${formatSpan(segment)} ${text}${left.length > 0 ? ` (not spoken: ${left.join(" ")})` : ""}\n`,
    );
  }
  for (const each of extra) printExtra(each);
  function printExtra(speech: Alignment["extraSpeech"][number]): void {
    terminal.out(`${formatSpan(speech)} Not in the text:${speech.text}\n`);
  }
}

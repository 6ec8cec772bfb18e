/** From flags to the options of loading, transcribing and writing. After `cli` of openai/whisper's `transcribe.py`. */
import type { LoadModelOptions, TranscribeOptions } from "../../../mod.ts";
import {
  type OutputFormat,
  type SubtitleOptions,
  WHISPER_FORMATS,
} from "../../writers/format_transcription.ts";
import { isPicture, type ReportOptions } from "../../writers/report/report_options.ts";
import { UsageError } from "../command.ts";
import { loadOptionsFrom } from "./load_settings.ts";
import { subtitleOptionsFrom } from "./subtitle_flags.ts";
import type { TranscribeFlags } from "./whisper_flags.ts";

/** What the flags ask for. */
export interface TranscribeCommandSettings {
  /** The model's name or path. */
  readonly model: string;
  /** How to load it. */
  readonly load: LoadModelOptions;
  /** How to transcribe. */
  readonly transcribe: TranscribeOptions;
  /** How to lay out subtitles. */
  readonly subtitles: SubtitleOptions;
  /** How to draw. */
  readonly picture: Pick<ReportOptions, "secondsPerRow">;
  /** What to write. */
  readonly formats: readonly OutputFormat[];
  /** Flags that have no effect, in words. */
  readonly warnings: readonly string[];
}

/**
 * Turns flags into options.
 *
 * @throws {UsageError} when flags contradict each other.
 */
export function settingsFrom(flags: TranscribeFlags): TranscribeCommandSettings {
  checkWordFlags(flags);
  return {
    model: flags.model,
    load: loadOptionsFrom(flags),
    transcribe: transcribeOptions(flags),
    subtitles: subtitleOptionsFrom(flags),
    picture: { secondsPerRow: flags.seconds_per_row ?? undefined },
    formats: flags.output_format === "all" ? WHISPER_FORMATS : [flags.output_format],
    warnings: uselessFlags(flags),
  };
}

function transcribeOptions(flags: TranscribeFlags): TranscribeOptions {
  return {
    task: flags.task,
    language: flags.language === "None" ? undefined : flags.language,
    temperature: temperatures(flags.temperature, flags.temperature_increment_on_fallback),
    bestOf: flags.best_of ?? undefined,
    beamSize: flags.beam_size ?? undefined,
    patience: flags.patience ?? undefined,
    lengthPenalty: flags.length_penalty ?? undefined,
    suppressTokens: flags.suppress_tokens,
    hotwords: flags.hotwords?.split(","),
    boost: Object.keys(flags.boost).length > 0 ? flags.boost : undefined,
    initialPrompt: flags.initial_prompt,
    carryInitialPrompt: flags.carry_initial_prompt,
    batchSize: flags.batch_size ?? undefined,
    // With a batch, a flag that was not given says nothing.
    conditionOnPreviousText: flags.batch_size === null ? flags.condition_on_previous_text : undefined,
    compressionRatioThreshold: flags.compression_ratio_threshold,
    logprobThreshold: flags.logprob_threshold,
    noSpeechThreshold: flags.no_speech_threshold,
    // Cutting between words turns them on.
    wordTimestamps: hasWords(flags) || (cutsWords(flags) ? undefined : false),
    explain: isPicture(flags.output_format) || undefined,
    regroup: flags.regroup,
    speakers: flags.speakers,
    prependPunctuations: flags.prepend_punctuations,
    appendPunctuations: flags.append_punctuations,
    audioContext: flags.audio_context,
    vad: vadOptions(flags),
    clipTimestamps: flags.clip_timestamps,
    hallucinationSilenceThreshold: flags.hallucination_silence_threshold,
    seed: flags.seed ?? undefined,
    ffmpeg: flags.ffmpeg,
    audioTrack: flags.audio_track ?? undefined,
    channel: flags.channel,
  };
}

/** Whether words get their times: where it is asked for, and in pictures, whose words light up. */
function hasWords({ word_timestamps, output_format }: TranscribeFlags): boolean {
  return word_timestamps || isPicture(output_format);
}

function vadOptions(flags: TranscribeFlags): TranscribeOptions["vad"] {
  return flags.vad && {
    threshold: flags.vad_threshold,
    negThreshold: flags.vad_neg_threshold ?? undefined,
    minSpeechDuration: flags.vad_min_speech_duration,
    minSilenceDuration: flags.vad_min_silence_duration,
    speechPad: flags.vad_speech_pad,
    maxSpeechDuration: flags.vad_max_speech_duration ?? undefined,
  };
}

/** The temperatures from the first up to 1. As NumPy's `arange` computes them: the fourth of 0.2 is 0.6000000000000001. */
function temperatures(first: number, increment: number | null): readonly number[] {
  if (!Number.isFinite(first) || first < 0) {
    throw new UsageError(`Cannot transcribe: --temperature is ${first}, wanted a number from 0 up`);
  }
  if (increment === null) return [first];
  if (!Number.isFinite(increment) || increment <= 0) {
    throw new UsageError(
      `Cannot transcribe: --temperature_increment_on_fallback is ${increment}, wanted a number above 0, or None`,
    );
  }
  const count = Math.max(1, Math.ceil((1 + 1e-6 - first) / increment));
  const step = first + increment - first;
  return Array.from({ length: count }, (_, i) => first + i * step);
}

const WORD_FLAGS = [
  "highlight_words",
  "highlight_unsure",
  "max_line_count",
  "max_line_width",
  "max_words_per_line",
] as const;

/** Whether segments are cut between words. */
function cutsWords({ regroup, speakers }: TranscribeFlags): boolean {
  return regroup !== undefined || speakers !== false;
}

function checkWordFlags(flags: TranscribeFlags): void {
  if (flags.output_format === "rttm" && flags.channel !== "split" && flags.speakers === false) {
    throw new UsageError(
      "Cannot write rttm: it says who speaks, which is not known; it requires --speakers, or --channel split where everybody has " +
        "a channel",
    );
  }
  if (hasWords(flags) || cutsWords(flags)) return;
  const format = flags.output_format;
  if (format === "ctm") throw new UsageError("Cannot write ctm: it requires --word_timestamps True");
  for (const name of WORD_FLAGS) {
    if (flags[name]) throw new UsageError(`Cannot use --${name}: it requires --word_timestamps True`);
  }
}

function uselessFlags(flags: TranscribeFlags): string[] {
  const { max_line_count, max_line_width, max_words_per_line } = flags;
  const warnings: string[] = [];
  if (max_line_count && !max_line_width) {
    warnings.push("--max_line_count has no effect without --max_line_width");
  }
  if (max_words_per_line && max_line_width) {
    warnings.push("--max_words_per_line has no effect with --max_line_width");
  }
  if (flags.seconds_per_row !== null && !isPicture(flags.output_format)) {
    warnings.push("--seconds_per_row has no effect without --output_format svg or html");
  }
  return warnings;
}

/** The flags of `sotto listen`: what the sound is, how it is heard and what is written. */
import type { LiveOptions } from "../../../mod.ts";
import { LIVE_FORMATS } from "../../live/live_options.ts";
import { OUTPUT_FORMATS, type OutputFormat, WHISPER_FORMATS } from "../../writers/format_transcription.ts";
import { isPicture } from "../../writers/report/report_options.ts";
import { boolean, choice, number, outputFolder, text } from "./flag_kinds.ts";
import { LOAD_FLAGS } from "./load_settings.ts";
import type { FlagValues } from "./parse_flags.ts";
import { AUDIO_FLAGS, SPOKEN_FLAGS, TASK, WRITTEN } from "./shared_flags.ts";

/** All flags of listening. */
export const LISTEN_FLAGS = {
  ...SPOKEN_FLAGS,
  task: TASK,
  format: choice(LIVE_FORMATS, "auto", { help: "what comes in; auto is a file or s16le, by how it begins" }),
  rate: number(16000, { help: "samples a second of raw sound", option: "sampleRate" }),
  channels: number(1, { help: "channels of raw sound" }),
  timestamps: boolean(true, { help: "print when it was said before what was said" }),
  output_format: choice(
    [...OUTPUT_FORMATS.filter((format) => format !== "rttm" && !isPicture(format)), "all", "None"],
    "None",
    {
      short: "f",
      help: `at the end, ${WRITTEN}`,
    },
  ),
  output_dir: outputFolder({ help: "where to write it", requires: "output_format" }),
  output_name: text("NAME", "stdin", { help: "what to call it", requires: "output_format" }),
  initial_prompt: text("TEXT", undefined, { help: "context for what is said first" }),
  condition_on_previous_text: boolean(true, { help: "hear each utterance with the text before it" }),
  interval: number(0.5, { help: "seconds after which an utterance is heard again while it is spoken" }),
  max_delay: number(5, { help: "seconds after which a word is final" }),
  vad_threshold: number(0.5, { help: "probability from which a sound is speech", option: "threshold" }),
  vad_min_silence_duration: number(0.6, {
    help: "seconds of the pause that ends an utterance",
    option: "minSilenceDuration",
  }),
  vad_max_speech_duration: number(20, {
    help: "seconds of the longest utterance, up to 28",
    option: "maxSpeechDuration",
  }),
  ...AUDIO_FLAGS,
  ...LOAD_FLAGS,
} as const;

/** The values of all flags of listening. */
export type ListenFlags = FlagValues<typeof LISTEN_FLAGS>;

/** How to hear the stream. */
export function liveOptionsFrom(flags: ListenFlags): LiveOptions {
  return {
    task: flags.task,
    language: flags.language === "None" ? undefined : flags.language,
    format: flags.format,
    sampleRate: flags.rate,
    channels: flags.channels,
    initialPrompt: flags.initial_prompt,
    conditionOnPreviousText: flags.condition_on_previous_text,
    interval: flags.interval,
    maxDelay: flags.max_delay,
    vad: {
      threshold: flags.vad_threshold,
      minSilenceDuration: flags.vad_min_silence_duration,
      maxSpeechDuration: flags.vad_max_speech_duration,
    },
    ffmpeg: flags.ffmpeg,
    audioTrack: flags.audio_track ?? undefined,
  };
}

/** What to write at the end. */
export function outputFormatsFrom({ output_format: format }: ListenFlags): readonly OutputFormat[] {
  return format === "None" ? [] : format === "all" ? WHISPER_FORMATS : [format];
}

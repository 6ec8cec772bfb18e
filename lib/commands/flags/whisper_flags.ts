/** The flags of transcribing: those of openai/whisper's command line with its defaults, and a few of ours. */
import { APPEND_PUNCTUATIONS, PREPEND_PUNCTUATIONS } from "../../transcription/punctuation.ts";
import { AUDIO_CONTEXTS } from "../../transcription/windows/window_encoder.ts";
import { OUTPUT_FORMATS } from "../../writers/format_transcription.ts";
import {
  boolean,
  channel,
  choice,
  number,
  numbers,
  optionalInteger,
  optionalNumber,
  outputFolder,
  parseInteger,
  parseSeconds,
  regrouping,
  speakers,
  text,
  weights,
} from "./flag_kinds.ts";
import { LOAD_FLAGS } from "./load_settings.ts";
import type { FlagValues } from "./parse_flags.ts";
import { AUDIO_FLAGS, SPOKEN_FLAGS, TASK, WRITTEN } from "./shared_flags.ts";
import { SUBTITLE_FLAGS } from "./subtitle_flags.ts";

/** The flags of openai/whisper, in its order. */
export const WHISPER_FLAGS = {
  model: SPOKEN_FLAGS.model,
  model_dir: LOAD_FLAGS.model_dir,
  device: LOAD_FLAGS.device,
  output_dir: outputFolder({ help: "where to write the results" }),
  output_format: choice([...OUTPUT_FORMATS, "all"], "all", { short: "f", help: WRITTEN }),
  verbose: boolean(true, { help: "print the segments as they come" }),
  task: TASK,
  language: SPOKEN_FLAGS.language,
  temperature: number(0, { help: "temperature of sampling; 0 takes the most probable token" }),
  best_of: optionalInteger(5, { help: "candidates sampled above temperature 0" }),
  beam_size: optionalInteger(5, { help: "beams at temperature 0; None is greedy" }),
  patience: optionalNumber(null, { help: "patience of beam search (arXiv 2204.05424)" }),
  length_penalty: optionalNumber(null, { help: "length penalty, 0 to 1 (arXiv 1609.08144)" }),
  suppress_tokens: numbers("IDS", [-1], parseInteger, {
    help: "tokens never written, with commas; -1 for most symbols",
  }),
  initial_prompt: text("TEXT", undefined, { help: "context for the first window" }),
  carry_initial_prompt: boolean(false, { help: "give that context to every window" }),
  condition_on_previous_text: boolean(true, { help: "give each window the text before it" }),
  fp16: boolean(true, { help: "taken and ignored: see --precision" }),
  temperature_increment_on_fallback: optionalNumber(0.2, { help: "step to the temperature tried next" }),
  compression_ratio_threshold: optionalNumber(2.4, { help: "above this, text repeats itself: try again" }),
  logprob_threshold: optionalNumber(-1, { help: "below this, the model is unsure: try again" }),
  no_speech_threshold: optionalNumber(0.6, { help: "above this, and unsure, a window is silent" }),
  word_timestamps: boolean(false, { help: "give words their times" }),
  prepend_punctuations: text("MARKS", PREPEND_PUNCTUATIONS, { help: "marks that join the next word" }),
  append_punctuations: text("MARKS", APPEND_PUNCTUATIONS, { help: "marks that join the word before" }),
  highlight_words: SUBTITLE_FLAGS.highlight_words,
  max_line_width: SUBTITLE_FLAGS.max_line_width,
  max_line_count: SUBTITLE_FLAGS.max_line_count,
  max_words_per_line: SUBTITLE_FLAGS.max_words_per_line,
  threads: LOAD_FLAGS.threads,
  clip_timestamps: numbers("SECONDS", [0], parseSeconds, {
    help: "parts to transcribe: start,end,start,end,…",
  }),
  hallucination_silence_threshold: optionalNumber(null, {
    help: "skip silence longer than this around probable hallucinations",
  }),
} as const;

/** The flags that openai/whisper has not. */
export const OWN_FLAGS = {
  precision: LOAD_FLAGS.precision,
  audio_context: choice(AUDIO_CONTEXTS, "full", {
    help: "how much of 30 s to encode; fit leaves out the silence after short audio",
  }),
  batch_size: optionalInteger(null, {
    help: "windows transcribed at once, each without the text before it; faster for long audio",
  }),
  vad: boolean(false, {
    help: "transcribe only where somebody speaks (Silero VAD); a flag of --vad_... turns it on",
  }),
  vad_threshold: number(0.5, {
    help: "probability from which a sound is speech",
    option: "threshold",
    turnsOn: "vad",
  }),
  vad_neg_threshold: optionalNumber(null, {
    help: "probability below which speech ends; None is 0.15 less",
    option: "negThreshold",
    turnsOn: "vad",
  }),
  vad_min_speech_duration: number(0.25, {
    help: "seconds; shorter speech is left out",
    option: "minSpeechDuration",
    turnsOn: "vad",
  }),
  vad_min_silence_duration: number(2, {
    help: "seconds; shorter silence is kept",
    option: "minSilenceDuration",
    turnsOn: "vad",
  }),
  vad_speech_pad: number(0.4, {
    help: "seconds kept before and after speech",
    option: "speechPad",
    turnsOn: "vad",
  }),
  vad_max_speech_duration: optionalNumber(null, {
    help: "seconds; longer speech is cut",
    option: "maxSpeechDuration",
    turnsOn: "vad",
  }),
  hotwords: text("WORDS", undefined, { help: "names and terms that may be said, with commas between them" }),
  boost: weights("PHRASE=WEIGHT", {
    help: "make a phrase more probable: about 4 for a name; may be given several times",
  }),
  regroup: regrouping({
    help: "cut segments anew: sentence, or limits as chars=84,duration=6,gap=1.5 (characters, seconds)",
  }),
  max_chars_per_second: SUBTITLE_FLAGS.max_chars_per_second,
  min_gap: SUBTITLE_FLAGS.min_gap,
  highlight_unsure: SUBTITLE_FLAGS.highlight_unsure,
  seconds_per_row: optionalNumber(null, { help: "seconds of a row in svg and html; else as many as fit" }),
  library: LOAD_FLAGS.library,
  ...AUDIO_FLAGS,
  channel: channel("mix", {
    help: "which channel, from 0; split transcribes each by itself (both sides of a call)",
  }),
  speakers: speakers({
    help: "tell speakers apart by their voices; N if it is known how many there are, or limits as 2-4",
  }),
  offline: LOAD_FLAGS.offline,
  mirror: LOAD_FLAGS.mirror,
  seed: optionalInteger(null, { help: "makes sampling repeatable" }),
  resume: boolean(false, { help: "go on with a recording that was stopped, from its file NAME.resume" }),
  explain: boolean(false, { help: "say how each window was decoded and what was left out" }),
} as const;

/** All flags of transcribing. */
export const TRANSCRIBE_FLAGS = { ...WHISPER_FLAGS, ...OWN_FLAGS } as const;

/** The values of all flags of transcribing. */
export type TranscribeFlags = FlagValues<typeof TRANSCRIBE_FLAGS>;

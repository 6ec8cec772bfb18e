/**
 * The options of `transcribe`. After the parameters of `transcribe` in openai/whisper's `transcribe.py`.
 */
import type { DecodingOptions } from "../decoding/options.ts";
import type { WindowReport } from "./explain.ts";
import type { Regrouping } from "../regroup/regrouping.ts";
import type { SpeakerOptions } from "../speakers/speaker_options.ts";
import type { Segment, TimeSpan } from "./segments.ts";
import type { AudioContext } from "./windows/window_encoder.ts";
import type { TranscriptionState } from "./transcription_state.ts";
import type { VadOptions } from "../vad/vad_options.ts";

/** How far a transcription is, in seconds of audio. */
export interface TranscribeProgress {
  /** Seconds of audio behind. */
  readonly loaded: number;
  /** Seconds of audio in all; `undefined` for a stream whose end has not come yet. */
  readonly total: number | undefined;
}

/** How audio is transcribed: the options of openai/whisper's `transcribe` and of its decoding. */
export interface TranscribeOptions extends Omit<DecodingOptions, "temperature" | "prompt"> {
  /**
   * Temperatures, tried one after the other until the result looks sound. `beamSize` and `patience` count at
   * 0, `bestOf` above.
   *
   * @default {[0, 0.2, 0.4, 0.6, 0.8, 1]}
   */
  temperature?: number | readonly number[];
  /**
   * A window whose text is longer than its zlib stream by more than this factor repeats itself, and is
   * decoded again at the next temperature; `null` turns the rule off.
   *
   * @default {2.4}
   */
  compressionRatioThreshold?: number | null;
  /**
   * A window whose mean log-probability is below this is decoded again at the next temperature; `null` turns
   * the rule off.
   *
   * @default {-1}
   */
  logprobThreshold?: number | null;
  /**
   * A window is skipped as silent if the probability of no speech is above this and the mean log-probability
   * not above `logprobThreshold`; `null` turns the rule off.
   *
   * @default {0.6}
   */
  noSpeechThreshold?: number | null;
  /**
   * Whether each window is given the text before it as context.
   *
   * @default {true}
   */
  conditionOnPreviousText?: boolean;
  /**
   * Transcribes so many windows at once, which takes a long recording half the time: it is cut where it is quietest, and
   * each window is transcribed without the text before it. `conditionOnPreviousText` is off, and `initialPrompt` is
   * given to every window. On the CPU more than 8 gain nothing; each takes memory, 37 MB with base. Default: one after
   * the other, each from where the last segment ended.
   */
  batchSize?: number;
  /**
   * Names and terms that may be said, given as context to every window before the text that goes before it: they are
   * spelt so where they are heard. A window that says little else is decoded again without them, so that they are not
   * made up where nobody speaks.
   */
  hotwords?: readonly string[];
  /** Text given as context to the first window: names, spellings, style. */
  initialPrompt?: string;
  /**
   * Whether every window is given `initialPrompt`, before the text that goes before it.
   *
   * @default {false}
   */
  carryInitialPrompt?: boolean;
  /**
   * Whether segments get their words with times.
   *
   * @default {false}
   */
  wordTimestamps?: boolean;
  /**
   * How segments are cut anew, with their words and times: `"sentence"` makes one of each sentence; limits make them as
   * long as they allow, cut where the sense does. Turns `wordTimestamps` on. Default: they are as the model hears them.
   */
  regroup?: Regrouping;
  /**
   * Marks that are joined to the next word. Default: `"'“¿([{-`.
   */
  prependPunctuations?: string;
  /**
   * Marks that are joined to the word before. Default: `"'.。,，!！?？:：”)]}、`.
   */
  appendPunctuations?: string;
  /**
   * The parts to transcribe, in seconds: `[start, end, start, end, …]`. The last end may be left out.
   *
   * @default {[0]}
   */
  clipTimestamps?: readonly number[];
  /**
   * How much of a window is encoded: `"full"` is all of it, with silence after the sound where that is shorter, as the
   * model was trained; `"fit"` is the sound and a second of silence, which takes a clip of 11 s two fifths of the time.
   * Text may differ.
   *
   * @default {"full"}
   */
  audioContext?: AudioContext;
  /**
   * With `wordTimestamps`, silence longer than this, in seconds, is skipped around text that looks
   * hallucinated.
   */
  hallucinationSilenceThreshold?: number | null;
  /**
   * Whether only speech is transcribed: what Silero VAD finds no voice in is cut out before, and times are those of the
   * recording all the same. Options say what speech is.
   *
   * @default {false}
   */
  vad?: boolean | VadOptions;
  /**
   * Whether segments and words get their speaker, told by their voices: `true`, how many there are, or limits. The recording
   * is listened to before it is transcribed, and segments in which another takes over are cut there. Turns
   * `wordTimestamps` on. Of two who speak at once one is told.
   *
   * @default {false}
   */
  speakers?: boolean | number | SpeakerOptions;
  /**
   * Whether the result tells what happened in each window, as `windows`, and with `vad` what was cut out, as `silences`.
   *
   * @default {false}
   */
  explain?: boolean;
  /**
   * The program that decodes what is not decoded here: a name looked for in `PATH`, or a path.
   *
   * @default {"ffmpeg"}
   */
  ffmpeg?: string;
  /** Which of several audio tracks is heard, from 0. Default: the one that the file says. */
  audioTrack?: number;
  /**
   * Which channel is heard, from 0; `"mix"` is all of them together; `"split"` transcribes each by itself and merges
   * their segments by time, each with its `channel`: the two sides of a phone call. `language`, where it is not given,
   * is then that of the mix.
   *
   * @default {"mix"}
   */
  channel?: "mix" | "split" | number;
  /**
   * How far the same call got before: what `onState` was last given. The result is that of a call that was never
   * stopped; `segments` and `onSegment` give what is new, and so does `windows`.
   */
  resume?: TranscriptionState;
  /** Stops the work within one step of the decoder. */
  signal?: AbortSignal;
  /** Called after each window. */
  onProgress?: (progress: TranscribeProgress) => void;
  /** Called with the code of the language, once it is known. */
  onLanguage?: (language: string) => void;
  /** Called with each segment, as it comes. */
  onSegment?: (segment: Segment) => void;
  /** With `vad`, called with the parts that are cut out, before the first window. */
  onSilences?: (silences: readonly TimeSpan[]) => void;
  /** Called after each window with what happened in it. */
  onWindow?: (window: WindowReport) => void;
  /** Called after each window, and after its segments were given, with all that going on from there needs. */
  onState?: (state: TranscriptionState) => void;
  /** Called with what the user should know and what is no error. */
  onWarning?: (message: string) => void;
}

/**
 * A model as its users hold it: audio of any kind in, text out. After the methods of `Whisper` in
 * openai/whisper's `model.py`.
 */
import type { DeviceName } from "../ffi/execution_provider.ts";
import type { AlignOptions } from "./alignment/align_options.ts";
import type { Alignment } from "./alignment/alignment_types.ts";
import type { AudioSource, DecodeAudioOptions } from "./audio/decode.ts";
import type { MelSpectrogram } from "./audio/log_mel_spectrogram.ts";
import type { AlignmentHead, ModelDimensions } from "./checkpoint/types.ts";
import type { DecodingRun } from "./decoding/decoding_task.ts";
import type { DetectedLanguage } from "./decoding/detect_language.ts";
import type { DecodingOptions, DecodingResult } from "./decoding/options.ts";
import type { ModelPrecision } from "./loading/model_precision.ts";
import type { LiveOptions } from "./live/live_options.ts";
import type { LiveStream } from "./live/live_stream.ts";
import type { PcmPiece } from "./live/pcm_samples.ts";
import type { PcmSource } from "./live/sound_source.ts";
import type { LiveSegment } from "./live/transcribe_live.ts";
import type { AudioFeatures } from "./model/types.ts";
import type { SegmentStream } from "./transcription/segment_stream.ts";
import type { TimeSpan, Transcription } from "./transcription/segments.ts";
import type { TranscribeOptions } from "./transcription/transcribe_options.ts";
import type { SpeakerOptions } from "./speakers/speaker_options.ts";
import type { SpeakerTurn } from "./speakers/speaker_turns.ts";
import type { VadOptions } from "./vad/vad_options.ts";

/** What `decode` may be told. */
export interface DecodeOptions extends DecodingOptions, DecodingRun {}

/** What `detectLanguage` may be told. */
export interface DetectLanguageOptions
  extends DecodingRun, Pick<DecodeAudioOptions, "ffmpeg" | "audioTrack" | "channel" | "onWarning"> {}

/** What `detectSpeech` may be told. */
export interface DetectSpeechOptions
  extends
    VadOptions,
    Pick<DecodeAudioOptions, "signal" | "ffmpeg" | "audioTrack" | "channel" | "onWarning"> {}

/** What `detectSpeakers` may be told. */
export interface DetectSpeakersOptions
  extends Pick<DecodeAudioOptions, "signal" | "ffmpeg" | "audioTrack" | "channel" | "onWarning"> {
  /**
   * How many speakers there are, or limits; `true` is any number.
   *
   * @default {true}
   */
  readonly speakers?: true | number | SpeakerOptions;
}

/** What `embedAudio` may be told. */
export interface EmbedAudioOptions {
  /** Stops the encoder. */
  readonly signal?: AbortSignal;
}

/**
 * A model ready to transcribe. `loadModel` gives it; whoever loads it disposes it. Once it is disposed its methods
 * throw a `TypeError` with the code `MODEL_DISPOSED`; what is under way goes on to its end.
 */
export interface WhisperModel extends Disposable, AsyncDisposable {
  /** Where it runs: `"cuda"`, `"cuda:1"`, `"cpu"`. */
  readonly device: DeviceName;
  /** Each device that was tried, as a sentence: that it is used, or why not. */
  readonly deviceReport: readonly string[];
  /** In which numbers it multiplies by its weights. */
  readonly precision: ModelPrecision;
  /** The sizes of the model. */
  readonly dims: ModelDimensions;
  /** Whether it knows languages other than English. */
  readonly isMultilingual: boolean;
  /** Languages it knows: 99, or 100 from large-v3 on; an English-only model counts 99 too. */
  readonly numLanguages: number;
  /** The cross-attention heads that word timestamps come from. */
  readonly alignmentHeads: readonly AlignmentHead[];

  /**
   * Transcribes audio. Reading a file requires `--allow-read` permission, an address `--allow-net`, and a format
   * that is left to ffmpeg `--allow-run=ffmpeg`.
   *
   * @param audio A file in any format, or mono samples at 16 kHz: see {@linkcode AudioSource}. Samples are copied at
   * once: they may be written to while the work goes on.
   * @throws {AudioDecodeError} when the audio cannot be decoded.
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   *
   * @example Subtitles with word times
   * ```ts ignore
   * const { segments } = await model.transcribe("talk.wav", { wordTimestamps: true });
   * for (const { start, end, text } of segments) console.log(start, end, text);
   * ```
   */
  transcribe(audio: AudioSource, options?: TranscribeOptions): Promise<Transcription>;

  /**
   * Transcribes audio and gives each segment as soon as its window is done, with the language and the whole text
   * as promises beside them. Leaving the loop stops the work.
   *
   * @param audio As in `transcribe`; it is read, and samples are copied, when the first segment is asked for.
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   *
   * @example Text as it comes
   * ```ts ignore
   * const segments = model.segments("talk.wav");
   * console.log(await segments.language);
   * for await (const { text } of segments) console.log(text);
   * ```
   */
  segments(audio: AudioSource, options?: TranscribeOptions): SegmentStream;

  /**
   * Transcribes sound while it comes in: from a microphone, a call, a radio station. What is said between two pauses is a
   * segment, which is given again and again while it is spoken; the beginning of it that is `stableText` does not change
   * any more, and with `isFinal` nothing does. A machine that is slower than the sound gives fewer of the others, and
   * all final ones, later.
   *
   * @param audio Pieces of PCM of any size: bytes, 16-bit little-endian mono at 16 kHz unless options say otherwise or
   * they begin as a file does, or samples. They are read as they come, ten minutes ahead at most.
   * @throws what the stream has thrown, after the segment that was open then.
   * @throws {TypeError | RangeError} when an option is unknown or wrong, or `audio` is no stream.
   *
   * @example What a microphone hears
   * ```ts ignore
   * for await (const { isFinal, text } of model.stream(process.stdin, { language: "en" })) {
   *   if (isFinal) console.log(text);
   * }
   * ```
   */
  stream(audio: PcmSource, options?: LiveOptions): LiveStream;

  /**
   * As `stream`, for `pipeThrough`: PCM is written to it, and segments are read from it.
   *
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   *
   * @example From a socket to a response
   * ```ts ignore
   * const segments = request.body.pipeThrough(model.transcriptionStream({ sampleRate: 48000 }));
   * ```
   */
  transcriptionStream(options?: LiveOptions): TransformStream<PcmPiece, LiveSegment>;

  /**
   * Detects the language spoken in the first window (30 s) of audio. Permissions as for `transcribe`.
   *
   * @param audio As in `transcribe`; or one window of log-mel spectrogram, or what `embedAudio` gave.
   * @throws {TypeError} when the model is English-only.
   */
  detectLanguage(
    audio: AudioSource | MelSpectrogram | AudioFeatures,
    options?: DetectLanguageOptions,
  ): Promise<DetectedLanguage>;

  /**
   * Finds when a text one already has is spoken: a script, lyrics, corrected subtitles. Permissions as for `transcribe`.
   *
   * Each line becomes a segment with its words. Words that are not spoken are marked, and what is spoken without being in
   * the text is told beside them. The recording is transcribed first, which takes most of the time; memory is that of a
   * window.
   *
   * @param audio As in `transcribe`.
   * @param text Plain text, subtitles (SubRip, WebVTT: each cue is a line, and its times do not count), the JSON of a
   * transcription; or its lines.
   * @throws {AudioDecodeError} when the audio cannot be decoded.
   * @throws {TypeError | RangeError} when an option is unknown or wrong, or the text has no words.
   *
   * @example Times for a script
   * ```ts ignore
   * const { segments } = await model.align("talk.mp3", "Ladies and gentlemen.\nThank you for coming.");
   * for (const { start, end, text, spoken } of segments) if (spoken) console.log(start, end, text);
   * ```
   */
  align(audio: AudioSource, text: string | readonly string[], options?: AlignOptions): Promise<Alignment>;

  /**
   * Finds where somebody speaks, with Silero VAD, which is opened when it is first asked for. Permissions as for
   * `transcribe`.
   *
   * @param audio As in `transcribe`.
   * @returns The stretches of speech in order.
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   *
   * @example How long is spoken
   * ```ts ignore
   * const speech = await model.detectSpeech("meeting.wav");
   * console.log(speech.reduce((seconds, { start, end }) => seconds + end - start, 0));
   * ```
   */
  detectSpeech(audio: AudioSource, options?: DetectSpeechOptions): Promise<readonly TimeSpan[]>;

  /**
   * Finds who speaks when, by the voice alone: with Silero VAD, and the voice encoder of Resemblyzer, which are opened when
   * they are first asked for. Of two who speak at once one is told. Permissions as for `transcribe`.
   *
   * @param audio As in `transcribe`.
   * @returns The turns in order. What one person says with pauses of less than half a second is one turn.
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   *
   * @example How long everybody speaks
   * ```ts ignore
   * for (const { start, end, speaker } of await model.detectSpeakers("meeting.wav", { speakers: 3 })) {
   *   console.log(`Speaker ${speaker}`, end - start);
   * }
   * ```
   */
  detectSpeakers(audio: AudioSource, options?: DetectSpeakersOptions): Promise<readonly SpeakerTurn[]>;

  /**
   * Runs the encoder over windows of log-mel spectrogram.
   *
   * @param mel One window or several, each `(nMels, 2 * nAudioCtx)`: `padOrTrim` cuts them.
   * @returns The features. Whoever asked for them disposes them.
   * @throws {TypeError} when one is no window of this model.
   */
  embedAudio(
    mel: MelSpectrogram | readonly MelSpectrogram[],
    options?: EmbedAudioOptions,
  ): Promise<AudioFeatures>;

  /**
   * Decodes one window.
   *
   * @param audio Log-mel spectrogram `(nMels, 2 * nAudioCtx)`, or what `embedAudio` gave.
   * @throws {TypeError | RangeError} when an option is unknown or wrong, or the spectrogram is no window.
   */
  decode(audio: MelSpectrogram | AudioFeatures, options?: DecodeOptions): Promise<DecodingResult>;

  /** Releases the model: at once, or when what is under way has come to its end. */
  [Symbol.dispose](): void;

  /** Releases the model, and resolves when what was under way has come to its end. */
  [Symbol.asyncDispose](): Promise<void>;
}

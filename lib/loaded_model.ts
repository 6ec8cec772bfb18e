/**
 * A model as its users hold it: audio of any kind in, text out. After the methods of `Whisper` in
 * openai/whisper's `model.py`.
 */
import type { ExecutionProvider } from "../ffi/execution_provider.ts";
import { type AudioSource, decodeAudio } from "./audio/decode.ts";
import type { AlignmentHead, ModelDimensions } from "./checkpoint/types.ts";
import { decode, type DecodingRun } from "./decoding/decoding_task.ts";
import { type DetectedLanguage, detectLanguage } from "./decoding/detect_language.ts";
import type { DecodingOptions, DecodingResult } from "./decoding/options.ts";
import type { AudioFeatures, EncoderDecoder } from "./model/types.ts";
import type { SegmentStream } from "./transcription/segment_stream.ts";
import type { Transcription } from "./transcription/segments.ts";
import { loadTokenizer } from "./tokenizer/tokenizer.ts";
import { transcribe, transcribeSegments } from "./transcription/transcribe.ts";
import type { TranscribeOptions } from "./transcription/transcribe_options.ts";

/** What is known of a model beside its sessions. */
export interface ModelInfo {
  /** Where it runs. */
  readonly device: ExecutionProvider;
  /** What was tried, and why a device is not used. */
  readonly deviceReport: readonly string[];
  /** What its checkpoint says is never to be sampled. Default: openai/whisper's symbols that are not speech. */
  readonly suppressTokens?: readonly number[];
}

/** A model ready to transcribe. `loadModel` gives it; whoever loads it disposes it. */
export class LoadedModel implements Disposable {
  readonly #model: EncoderDecoder & Disposable;
  /** Where it runs: `"cuda"` or `"cpu"`. */
  readonly device: ExecutionProvider;
  /** What was tried, and why a device is not used. */
  readonly deviceReport: readonly string[];
  /** The options that the checkpoint sets; those of a call win. */
  readonly #defaults: DecodingOptions;

  /** Use `loadModel`. */
  constructor(model: EncoderDecoder & Disposable, { device, deviceReport, suppressTokens }: ModelInfo) {
    this.#model = model;
    this.device = device;
    this.deviceReport = deviceReport;
    this.#defaults = suppressTokens?.length ? { suppressTokens } : {};
  }

  /** The sizes of the model. */
  get dims(): ModelDimensions {
    return this.#model.dims;
  }

  /** Whether it knows languages other than English. */
  get isMultilingual(): boolean {
    return this.#model.family.isMultilingual;
  }

  /** Languages it knows: 99, or 100 from large-v3 on; an English-only model counts 99 too. */
  get numLanguages(): number {
    return this.#model.family.numLanguages;
  }

  /** The cross-attention heads that word timestamps come from. */
  get alignmentHeads(): readonly AlignmentHead[] {
    return this.#model.alignmentHeads;
  }

  /**
   * Transcribes audio. Reading a file requires `--allow-read` permission, an address `--allow-net`, and a format
   * other than WAV `--allow-run=ffmpeg`.
   *
   * @param audio A path, a `URL`, the bytes of a file, a `Blob`, a `Response`, a stream of bytes, or mono samples at
   * 16 kHz as a `Float32Array` or an `Int16Array`.
   * @throws {AudioDecodeError} when the audio cannot be decoded.
   * @throws {TypeError | RangeError} when an option is unknown or wrong.
   *
   * @example Subtitles with word times
   * ```ts ignore
   * const { segments } = await model.transcribe("talk.wav", { wordTimestamps: true });
   * for (const { start, end, text } of segments) console.log(start, end, text);
   * ```
   */
  async transcribe(audio: AudioSource, options: TranscribeOptions = {}): Promise<Transcription> {
    return await transcribe(this.#model, samplesOf(audio, options), {
      ...this.#defaults,
      ...options,
    });
  }

  /**
   * Transcribes audio and gives each segment as soon as its window is done. Leaving the loop stops the work.
   *
   * @param audio As in `transcribe`.
   */
  segments(audio: AudioSource, options: TranscribeOptions = {}): SegmentStream {
    return transcribeSegments(this.#model, samplesOf(audio, options), {
      ...this.#defaults,
      ...options,
    });
  }

  /**
   * Runs the encoder over windows of log-mel spectrogram.
   *
   * @param mel `(batch, nMels, 2 * nAudioCtx)`, row-major.
   * @returns The features. Whoever asked for them disposes them.
   */
  embedAudio(mel: Float32Array, options: { signal?: AbortSignal } = {}): Promise<AudioFeatures> {
    return this.#model.embedAudio(mel, options);
  }

  /**
   * Decodes one window.
   *
   * @param audio Log-mel spectrogram `(nMels, 2 * nAudioCtx)`, or what `embedAudio` gave.
   */
  async decode(
    audio: Float32Array | AudioFeatures,
    options: DecodingOptions & DecodingRun = {},
  ): Promise<DecodingResult> {
    const settings = { ...this.#defaults, ...options };
    return await this.#withFeatures(
      audio,
      options.signal,
      (features) => decode(this.#model, features, settings),
    );
  }

  /**
   * Detects the language spoken in a window.
   *
   * @param audio As in `decode`.
   * @throws {TypeError} when the model is English-only.
   */
  async detectLanguage(
    audio: Float32Array | AudioFeatures,
    options: DecodingRun = {},
  ): Promise<DetectedLanguage> {
    const tokenizer = await loadTokenizer(this.#model.family);
    return await this.#withFeatures(
      audio,
      options.signal,
      (features) => detectLanguage(this.#model, features, tokenizer, options),
    );
  }

  async #withFeatures<T>(
    audio: Float32Array | AudioFeatures,
    signal: AbortSignal | undefined,
    use: (features: AudioFeatures) => Promise<T>,
  ): Promise<T> {
    if (!(audio instanceof Float32Array)) return await use(audio);
    using features = await this.embedAudio(audio, { signal });
    return await use(features);
  }

  /** Releases the sessions, once the runs under way are finished. */
  [Symbol.dispose](): void {
    this.#model[Symbol.dispose]();
  }
}

/** What decodes the audio once the options are checked. */
function samplesOf(
  audio: AudioSource,
  { ffmpeg, onWarning }: TranscribeOptions,
): (signal?: AbortSignal) => Promise<Float32Array> {
  return (signal) => decodeAudio(audio, { signal, ffmpeg, onWarning });
}

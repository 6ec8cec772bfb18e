/** What `loadModel` gives: a model with its sessions, and the calls that are under way on it. */
import type { DeviceName } from "../ffi/execution_provider.ts";
import type { AudioSource } from "./audio/decode.ts";
import { hearAudio, hearBeginning, hearChannels, searchAudio } from "./audio/heard_audio.ts";
import { type MelSpectrogram, SAMPLE_RATE } from "./audio/log_mel_spectrogram.ts";
import { isMelSpectrogram } from "./audio/pad_or_trim.ts";
import type { Alignment } from "./alignment/alignment_types.ts";
import type { AlignOptions, OpenRecording } from "./alignment/align.ts";
import type { AlignmentHead, ModelDimensions } from "./checkpoint/types.ts";
import { decode, type DecodingRun, RUN_RULES } from "./decoding/decoding_task.ts";
import { assertMultilingual, type DetectedLanguage, detectLanguage } from "./decoding/detect_language.ts";
import { DECODING_RULES, type DecodingResult } from "./decoding/options.ts";
import { wrongArgument } from "./errors.ts";
import type { ModelPrecision } from "./loading/model_precision.ts";
import type { AudioFeatures, EncoderDecoder, ModelFamily } from "./model/types.ts";
import {
  CALLBACK,
  checkOptions,
  HEARING,
  type OptionRules,
  PROGRAM,
  SIGNAL,
  TRACK,
} from "./options/check_options.ts";
import type { SegmentStream } from "./transcription/segment_stream.ts";
import type { TimeSpan, Transcription } from "./transcription/segments.ts";
import { findSpeech } from "./transcription/speech/speech_only.ts";
import { loadTokenizer } from "./tokenizer/tokenizer.ts";
import {
  type Recording,
  transcribe,
  transcribeSegments,
  type TranscribeTools,
} from "./transcription/transcribe.ts";
import type { TranscribeOptions } from "./transcription/transcribe_options.ts";
import type { LiveOptions } from "./live/live_options.ts";
import { asTransform, type LiveStream, streamLive } from "./live/live_stream.ts";
import type { PcmPiece } from "./live/pcm_samples.ts";
import type { PcmSource } from "./live/sound_source.ts";
import type { LiveSegment } from "./live/transcribe_live.ts";
import { OpenedOnce } from "./async/opened_once.ts";
import type { VoiceEncoder } from "./speakers/ge2e/voice_encoder.ts";
import { SPEAKERS, speakerSettings } from "./speakers/speaker_options.ts";
import type { SpeakerTurn } from "./speakers/speaker_turns.ts";
import type { TellSpeakersApart } from "./transcription/speakers/speaker_tools.ts";
import { LazySpeechModel } from "./vad/lazy_speech_model.ts";
import type { SpeechModel } from "./vad/silero/speech_model.ts";
import { DETECTION_DEFAULTS, VAD_RULES, vadSettings } from "./vad/vad_options.ts";
import type {
  DecodeOptions,
  DetectLanguageOptions,
  DetectSpeakersOptions,
  DetectSpeechOptions,
  EmbedAudioOptions,
  WhisperModel,
} from "./whisper_model.ts";

/** What is known of a model beside its sessions. */
export interface ModelInfo {
  /** Where it runs. */
  readonly device: DeviceName;
  /** What was tried, and why a device is not used. */
  readonly deviceReport: readonly string[];
  /** In which numbers it multiplies by its weights. */
  readonly precision: ModelPrecision;
  /** Opens the model that finds speech. */
  readonly openSpeechModel?: () => Promise<SpeechModel>;
  /** Opens the model that tells voices. */
  readonly openVoiceEncoder?: () => Promise<VoiceEncoder>;
  /** Told when nobody disposed the model and the garbage collector found it. */
  readonly onForgotten?: () => void;
}

/** Releases the sessions of models that nobody disposed. What it holds must not lead to the model itself. */
const forgottenModels = new FinalizationRegistry<{ sessions: Disposable; onForgotten?: () => void }>(
  ({ sessions, onForgotten }) => {
    sessions[Symbol.dispose]();
    onForgotten?.();
  },
);

const DETECT_SPEECH_RULES: OptionRules<DetectSpeechOptions> = {
  ...VAD_RULES,
  signal: SIGNAL,
  ffmpeg: PROGRAM,
  audioTrack: TRACK,
  channel: HEARING,
  onWarning: CALLBACK,
};

const DETECT_SPEAKERS_RULES: OptionRules<DetectSpeakersOptions> = {
  speakers: SPEAKERS,
  signal: SIGNAL,
  ffmpeg: PROGRAM,
  audioTrack: TRACK,
  channel: HEARING,
  onWarning: CALLBACK,
};

const DETECT_RULES: OptionRules<DetectLanguageOptions> = {
  ...RUN_RULES,
  ffmpeg: PROGRAM,
  audioTrack: TRACK,
  channel: HEARING,
  onWarning: CALLBACK,
};

/** A model with its sessions, which go when the last call that uses them has come to its end. */
export class LoadedModel implements WhisperModel {
  readonly #model: EncoderDecoder & Disposable;
  readonly #speechModel: LazySpeechModel | undefined;
  readonly #voiceEncoder: OpenedOnce<VoiceEncoder> | undefined;
  /** All that is released with it. */
  readonly #sessions: Disposable;
  readonly device: DeviceName;
  readonly deviceReport: readonly string[];
  readonly precision: ModelPrecision;
  #calls = 0;
  #disposed = false;
  readonly #released = Promise.withResolvers<void>();

  /** Sets up what the first transcription by a model of this family would wait for. */
  static async makeReady(family: ModelFamily): Promise<void> {
    const tokenizer = await loadTokenizer(family);
    // The first text has the merges indexed.
    tokenizer.encode(" ");
  }

  /** Takes the sessions over. */
  constructor(model: EncoderDecoder & Disposable, info: ModelInfo) {
    const { device, deviceReport, precision, openSpeechModel, openVoiceEncoder, onForgotten } = info;
    const speechModel = openSpeechModel && new LazySpeechModel(openSpeechModel);
    const voiceEncoder = openVoiceEncoder && new OpenedOnce(openVoiceEncoder);
    const sessions = {
      [Symbol.dispose]() {
        model[Symbol.dispose]();
        speechModel?.[Symbol.dispose]();
        voiceEncoder?.[Symbol.dispose]();
      },
    };
    this.#model = model;
    this.#speechModel = speechModel;
    this.#voiceEncoder = voiceEncoder;
    this.#sessions = sessions;
    forgottenModels.register(this, { sessions, onForgotten }, this);
    this.device = device;
    this.deviceReport = deviceReport;
    this.precision = precision;
  }

  get dims(): ModelDimensions {
    return this.#model.dims;
  }

  get isMultilingual(): boolean {
    return this.#model.family.isMultilingual;
  }

  get numLanguages(): number {
    return this.#model.family.numLanguages;
  }

  get alignmentHeads(): readonly AlignmentHead[] {
    return this.#model.alignmentHeads;
  }

  async transcribe(audio: AudioSource, options: TranscribeOptions = {}): Promise<Transcription> {
    const recording = this.#recordingOf(audio, options);
    return await this.#hold(() => transcribe(this.#model, recording, options, this.#tools));
  }

  segments(audio: AudioSource, options: TranscribeOptions = {}): SegmentStream {
    this.#assertUsable();
    return transcribeSegments(
      this.#model,
      this.#recordingOf(audio, options),
      options,
      { ...this.#tools, hold: (step) => this.#hold(step) },
    );
  }

  stream(audio: PcmSource, options: LiveOptions = {}): LiveStream {
    this.#assertUsable();
    return streamLive(this.#model, audio, options, {
      listen: (signal) => this.#speech.listen(signal),
      hold: (step) => this.#hold(step),
    });
  }

  transcriptionStream(options: LiveOptions = {}): TransformStream<PcmPiece, LiveSegment> {
    return asTransform((audio) => this.stream(audio, options));
  }

  async detectSpeech(audio: AudioSource, options: DetectSpeechOptions = {}): Promise<TimeSpan[]> {
    return await this.#hold(async () => {
      const { signal, ffmpeg, audioTrack, channel = "mix", onWarning, ...detection } = checkOptions(
        "detect speech",
        options,
        DETECT_SPEECH_RULES,
      );
      const vad = vadSettings("detect speech", detection, DETECTION_DEFAULTS);
      const { nMels } = this.#model.family;
      const opening = { nMels, signal, ffmpeg, audioTrack, onWarning, keptSamples: 0 };
      await using searched = await searchAudio(audio, channel, opening);
      const { spans } = await findSpeech(searched, this.#tools.listenForSpeech, { vad, signal });
      return spans.map(({ start, end }) => ({ start: start / SAMPLE_RATE, end: end / SAMPLE_RATE }));
    });
  }

  async detectSpeakers(audio: AudioSource, options: DetectSpeakersOptions = {}): Promise<SpeakerTurn[]> {
    return await this.#hold(async () => {
      const { speakers = true, signal, ffmpeg, audioTrack, channel = "mix", onWarning } = checkOptions(
        "detect speakers",
        options,
        DETECT_SPEAKERS_RULES,
      );
      const settings = speakerSettings("detect speakers", speakers);
      const { findTurns } = await import("./transcription/speakers/speaker_tools.ts");
      const { nMels } = this.#model.family;
      await using searched = await searchAudio(audio, channel, {
        nMels,
        signal,
        ffmpeg,
        audioTrack,
        onWarning,
      });
      return (await findTurns(searched, this.#tools, { settings, signal })).turns;
    });
  }

  async detectLanguage(
    audio: AudioSource | MelSpectrogram | AudioFeatures,
    options: DetectLanguageOptions = {},
  ): Promise<DetectedLanguage> {
    return await this.#hold(async () => {
      checkOptions("detect the language", options, DETECT_RULES);
      assertMultilingual(this.#model);
      const tokenizer = await loadTokenizer(this.#model.family);
      const window = isMelSpectrogram(audio) || isFeatures(audio)
        ? audio
        : await this.#firstWindow(audio, options);
      return await this.#withFeatures(
        "detect the language",
        window,
        options,
        (features) => detectLanguage(this.#model, features, tokenizer, options),
      );
    });
  }

  async embedAudio(
    mel: MelSpectrogram | readonly MelSpectrogram[],
    options: EmbedAudioOptions = {},
  ): Promise<AudioFeatures> {
    return await this.#hold(async () => {
      checkOptions("embed audio", options, { signal: SIGNAL });
      return await this.#encode("embed audio", Array.isArray(mel) ? mel : [mel], options.signal);
    });
  }

  async decode(
    audio: MelSpectrogram | AudioFeatures,
    options: DecodeOptions = {},
  ): Promise<DecodingResult> {
    return await this.#hold(async () => {
      checkOptions("decode", options, { ...DECODING_RULES, ...RUN_RULES });
      const settings = options;
      return await this.#withFeatures(
        "decode",
        audio,
        options,
        (features) => decode(this.#model, features, settings),
      );
    });
  }

  async align(
    audio: AudioSource,
    text: string | readonly string[],
    options: AlignOptions = {},
  ): Promise<Alignment> {
    // Text that is no text is found before the audio is opened; samples are copied at once.
    const recording = this.#recordingOf(audio, options) as OpenRecording;
    return await this.#hold(async () => {
      const [{ alignText }, { textLines }] = await Promise.all([
        import("./alignment/align.ts"),
        import("./text/text_lines.ts"),
      ]);
      const lines = typeof text === "string" ? textLines(text) : text;
      return await alignText(this.#model, recording, lines, options, this.#tools);
    });
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    forgottenModels.unregister(this);
    this.#releaseIfIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#released.promise;
  }

  get #tools(): Required<TranscribeTools> {
    return {
      listenForSpeech: (signal) => this.#speech.detect(signal),
      tellSpeakersApart: (...speech) => this.#tellSpeakersApart(...speech),
    };
  }

  async #tellSpeakersApart(
    ...[spans, samples, options]: Parameters<TellSpeakersApart>
  ): Promise<SpeakerTurn[]> {
    if (this.#voiceEncoder === undefined) {
      throw new TypeError("Cannot detect speakers: the model was made without what tells voices");
    }
    const [{ tellSpeakersApart }, encoder] = await Promise.all([
      import("./speakers/tell_apart.ts"),
      this.#voiceEncoder.get(options.signal),
    ]);
    return await tellSpeakersApart(spans, samples, { ...options, encoder });
  }

  get #speech(): LazySpeechModel {
    if (this.#speechModel !== undefined) return this.#speechModel;
    throw new TypeError("Cannot detect speech: the model was made without what does");
  }

  /** Does a piece of work and keeps the sessions meanwhile. */
  async #hold<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#assertUsable();
    this.#calls++;
    try {
      return await work();
    } finally {
      this.#calls--;
      this.#releaseIfIdle();
    }
  }

  #assertUsable(): void {
    if (!this.#disposed) return;
    throw wrongArgument("MODEL_DISPOSED", "Cannot use the model: it is disposed; load it again");
  }

  #releaseIfIdle(): void {
    if (!this.#disposed || this.#calls > 0) return;
    this.#sessions[Symbol.dispose]();
    this.#released.resolve();
  }

  /** What opens the audio once the options are checked. */
  #recordingOf(audio: AudioSource, options: TranscribeOptions): Recording {
    const { nMels, windowFrames } = this.#model.family;
    return async (signal) => {
      const { channel = "mix", ffmpeg, audioTrack, onWarning, vad, speakers } = options;
      const isSearched = Boolean(vad || speakers);
      const hearing = { nMels, windowFrames, isSearched, signal, ffmpeg, audioTrack, onWarning };
      return channel === "split"
        ? await hearChannels(audio, hearing)
        : await hearAudio(audio, channel, hearing);
    };
  }

  /** The spectrogram of the first window of a recording, with silence after it where it is shorter. */
  async #firstWindow(
    audio: AudioSource,
    { signal, ffmpeg, audioTrack, channel = "mix", onWarning }: DetectLanguageOptions,
  ): Promise<MelSpectrogram> {
    const { nMels, windowFrames } = this.#model.family;
    const hearing = { nMels, windowFrames, signal, ffmpeg, audioTrack, onWarning };
    await using source = await hearBeginning(audio, channel, hearing);
    return await source.frames(0, windowFrames);
  }

  async #withFeatures<Result>(
    action: string,
    audio: MelSpectrogram | AudioFeatures,
    { signal }: DecodingRun,
    use: (features: AudioFeatures) => Promise<Result>,
  ): Promise<Result> {
    if (isFeatures(audio)) return await use(audio);
    using features = await this.#encode(action, [audio], signal);
    return await use(features);
  }

  async #encode(
    action: string,
    windows: readonly MelSpectrogram[],
    signal?: AbortSignal,
  ): Promise<AudioFeatures> {
    const { nMels, windowFrames } = this.#model.family;
    const length = nMels * windowFrames;
    for (const window of windows) this.#assertWindow(action, window);
    const mel = new Float32Array(windows.length * length);
    windows.forEach(({ data }, i) => mel.set(data, i * length));
    return await this.#model.embedAudio(mel, { signal });
  }

  #assertWindow(action: string, window: unknown): asserts window is MelSpectrogram {
    const { nMels, windowFrames } = this.#model.family;
    const wanted = `wanted a window of log-mel spectrogram, ${nMels} bands and ${windowFrames} frames`;
    if (isMelSpectrogram(window)) {
      if (window.nMels === nMels && window.nFrames === windowFrames) return;
      throw wrongArgument(
        "INVALID_INPUT",
        `Cannot ${action}: the spectrogram has ${window.nMels} bands and ${window.nFrames} frames, ${wanted}; ` +
          "padOrTrim() cuts frames",
      );
    }
    const found = window instanceof Float32Array
      ? "a Float32Array does not say whether it is samples or mel"
      : "this is no spectrogram";
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot ${action}: ${found}, ${wanted}; logMelSpectrogram() makes one of samples, and transcribe() takes samples`,
    );
  }
}

/** Tells what `embedAudio` gave from everything else. */
function isFeatures(value: unknown): value is AudioFeatures {
  return typeof value === "object" && value !== null && "batch" in value && "toArray" in value;
}

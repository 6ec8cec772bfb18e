/** What `loadModel` gives: a model with its sessions, and the calls that are under way on it. */
import type { DeviceName } from "../ffi/execution_provider.ts";
import type { AudioSource } from "./audio/decode.ts";
import type { MelSpectrogram } from "./audio/log_mel_spectrogram.ts";
import { isMelSpectrogram } from "./audio/pad_or_trim.ts";
import type { Alignment } from "./alignment/alignment_types.ts";
import type { AlignOptions, OpenRecording } from "./alignment/align.ts";
import type { AlignmentHead, ModelDimensions } from "./checkpoint/types.ts";
import { decode, RUN_RULES } from "./decoding/decoding_task.ts";
import { assertMultilingual, type DetectedLanguage, detectLanguage } from "./decoding/detect_language.ts";
import { DECODING_RULES, type DecodingResult } from "./decoding/options.ts";
import { CallsUnderWay } from "./loaded_model/calls_under_way.ts";
import { Companions, type CompanionSources } from "./loaded_model/companions.ts";
import {
  detectSpeakers,
  detectSpeech,
  firstWindow,
  HEARING_RULES,
  recordingOf,
} from "./loaded_model/recordings.ts";
import { embedWindows, isFeatures, withFeatures } from "./loaded_model/windows.ts";
import type { ModelPrecision } from "./loading/model_precision.ts";
import type { AudioFeatures, EncoderDecoder, ModelFamily } from "./model/types.ts";
import { checkOptions, type OptionRules, SIGNAL } from "./options/check_options.ts";
import type { SegmentStream } from "./transcription/segment_stream.ts";
import type { TimeSpan, Transcription } from "./transcription/segments.ts";
import { loadTokenizer } from "./tokenizer/tokenizer.ts";
import { transcribe, transcribeSegments } from "./transcription/transcribe.ts";
import type { TranscribeOptions } from "./transcription/transcribe_options.ts";
import type { LiveOptions } from "./live/live_options.ts";
import { asTransform, type LiveStream, streamLive } from "./live/live_stream.ts";
import type { PcmPiece } from "./live/pcm_samples.ts";
import type { PcmSource } from "./live/sound_source.ts";
import type { LiveSegment } from "./live/transcribe_live.ts";
import type { SpeakerTurn } from "./speakers/speaker_turns.ts";
import type {
  DecodeOptions,
  DetectLanguageOptions,
  DetectSpeakersOptions,
  DetectSpeechOptions,
  EmbedAudioOptions,
  WhisperModel,
} from "./whisper_model.ts";

/** What is known of a model beside its sessions. */
export interface ModelInfo extends CompanionSources {
  /** Where it runs. */
  readonly device: DeviceName;
  /** What was tried, and why a device is not used. */
  readonly deviceReport: readonly string[];
  /** In which numbers it multiplies by its weights. */
  readonly precision: ModelPrecision;
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

const DETECT_LANGUAGE_RULES: OptionRules<DetectLanguageOptions> = { ...RUN_RULES, ...HEARING_RULES };

/** A model with its sessions, which go when the last call that uses them has come to its end. */
export class LoadedModel implements WhisperModel {
  readonly #model: EncoderDecoder & Disposable;
  readonly #companions: Companions;
  readonly #calls: CallsUnderWay;
  readonly device: DeviceName;
  readonly deviceReport: readonly string[];
  readonly precision: ModelPrecision;

  /** Sets up what the first transcription by a model of this family would wait for. */
  static async makeReady(family: ModelFamily): Promise<void> {
    const tokenizer = await loadTokenizer(family);
    // The first text has the merges indexed.
    tokenizer.encode(" ");
  }

  /** Takes the sessions over. */
  constructor(model: EncoderDecoder & Disposable, info: ModelInfo) {
    const { device, deviceReport, precision, onForgotten } = info;
    const companions = new Companions(info);
    const sessions = {
      [Symbol.dispose]() {
        model[Symbol.dispose]();
        companions[Symbol.dispose]();
      },
    };
    this.#model = model;
    this.#companions = companions;
    this.#calls = new CallsUnderWay(sessions);
    // Calls of a model that is forgotten under way keep its sessions to their end.
    forgottenModels.register(this, { sessions: this.#calls, onForgotten }, this);
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
    const recording = recordingOf(audio, options, this.#model.family);
    return await this.#calls.hold(() => transcribe(this.#model, recording, options, this.#companions.tools));
  }

  segments(audio: AudioSource, options: TranscribeOptions = {}): SegmentStream {
    this.#calls.assertUsable();
    const recording = recordingOf(audio, options, this.#model.family);
    return transcribeSegments(this.#model, recording, options, {
      ...this.#companions.tools,
      hold: this.#hold,
    });
  }

  stream(audio: PcmSource, options: LiveOptions = {}): LiveStream {
    this.#calls.assertUsable();
    const hold = this.#hold;
    const listen = (signal?: AbortSignal) => this.#companions.speech.listen(signal);
    return streamLive(this.#model, audio, options, { listen, hold });
  }

  transcriptionStream(options: LiveOptions = {}): TransformStream<PcmPiece, LiveSegment> {
    return asTransform((audio) => this.stream(audio, options));
  }

  async detectSpeech(audio: AudioSource, options: DetectSpeechOptions = {}): Promise<TimeSpan[]> {
    return await this.#calls.hold(() =>
      detectSpeech(audio, options, this.#model.family, this.#companions.tools)
    );
  }

  async detectSpeakers(audio: AudioSource, options: DetectSpeakersOptions = {}): Promise<SpeakerTurn[]> {
    return await this.#calls.hold(() =>
      detectSpeakers(audio, options, this.#model.family, this.#companions.tools)
    );
  }

  async detectLanguage(
    audio: AudioSource | MelSpectrogram | AudioFeatures,
    options: DetectLanguageOptions = {},
  ): Promise<DetectedLanguage> {
    const action = "detect the language";
    return await this.#calls.hold(async () => {
      checkOptions(action, options, DETECT_LANGUAGE_RULES);
      const model = this.#model;
      assertMultilingual(model);
      const tokenizer = await loadTokenizer(model.family);
      const window = isMelSpectrogram(audio) || isFeatures(audio)
        ? audio
        : await firstWindow(audio, options, model.family);
      const detect = (features: AudioFeatures) => detectLanguage(model, features, tokenizer, options);
      return await withFeatures(action, model, window, options.signal, detect);
    });
  }

  async embedAudio(
    mel: MelSpectrogram | readonly MelSpectrogram[],
    options: EmbedAudioOptions = {},
  ): Promise<AudioFeatures> {
    const action = "embed audio";
    return await this.#calls.hold(async () => {
      checkOptions(action, options, { signal: SIGNAL });
      return await embedWindows(action, this.#model, Array.isArray(mel) ? mel : [mel], options.signal);
    });
  }

  async decode(
    audio: MelSpectrogram | AudioFeatures,
    options: DecodeOptions = {},
  ): Promise<DecodingResult> {
    const action = "decode";
    return await this.#calls.hold(async () => {
      checkOptions(action, options, { ...DECODING_RULES, ...RUN_RULES });
      const run = (features: AudioFeatures) => decode(this.#model, features, options);
      return await withFeatures(action, this.#model, audio, options.signal, run);
    });
  }

  async align(
    audio: AudioSource,
    text: string | readonly string[],
    options: AlignOptions = {},
  ): Promise<Alignment> {
    // Text that is no text is found before the audio is opened; samples are copied at once.
    const recording = recordingOf(audio, options, this.#model.family) as OpenRecording;
    return await this.#calls.hold(async () => {
      const [{ alignText }, { textLines }] = await Promise.all([
        import("./alignment/align.ts"),
        import("./text/text_lines.ts"),
      ]);
      const lines = typeof text === "string" ? textLines(text) : text;
      return await alignText(this.#model, recording, lines, options, this.#companions.tools);
    });
  }

  // Through the model itself, so that a stream which nobody reads at the moment keeps it from being forgotten.
  readonly #hold = <Result>(step: () => Promise<Result>): Promise<Result> => this.#calls.hold(step);

  [Symbol.dispose](): void {
    forgottenModels.unregister(this);
    this.#calls[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#calls.released;
  }
}

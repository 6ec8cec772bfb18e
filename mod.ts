/**
 * OpenAI's Whisper for Deno and Bun: the official checkpoints, read natively, run by ONNX Runtime and decoded as
 * openai/whisper does. Importing this opens nothing and asks for no permission.
 *
 * @example Transcribe a recording
 * ```ts ignore
 * import { loadModel } from "jsr:@sotto/whisper";
 *
 * using model = await loadModel("base");
 * const result = await model.transcribe("interview.mp3", { language: "en" });
 * console.log(result.text);
 * ```
 *
 * @module
 */
export type { Device, DeviceName, ExecutionProvider } from "./ffi/execution_provider.ts";
export { LibraryLoadError, type LibraryPlace } from "./ffi/errors/library_load_error.ts";
export { OrtError } from "./ffi/errors/ort_error.ts";
export type { CudaOptions } from "./ffi/providers/cuda/options.ts";
export { DeviceError } from "./ffi/providers/device_error.ts";
export type { LibraryObstacle } from "./ffi/system/library_obstacle.ts";
export type { AlignOptions } from "./lib/alignment/align_options.ts";
export type { AlignedSegment, AlignedWord, Alignment, ExtraSpeech } from "./lib/alignment/alignment_types.ts";
export { type AudioSource, decodeAudio, type DecodeAudioOptions } from "./lib/audio/decode.ts";
export { logMelSpectrogram, type MelOptions, type MelSpectrogram } from "./lib/audio/log_mel_spectrogram.ts";
export { padOrTrim } from "./lib/audio/pad_or_trim.ts";
export type { AudioFile } from "./lib/audio/source.ts";
export { measureWaveform } from "./lib/audio/waveform/measure_waveform.ts";
export type { Waveform } from "./lib/audio/waveform/waveform_meter.ts";
export type { Verification } from "./lib/checkpoint/cache/cached_file.ts";
export type { FetchOptions, RequestHeaders } from "./lib/checkpoint/fetch_options.ts";
export type { LoadProgress } from "./lib/checkpoint/progress.ts";
export {
  availableModels,
  type ModelName,
  type OfficialModel,
  type OfficialName,
} from "./lib/checkpoint/registry.ts";
export type { AlignmentHead, ModelDimensions } from "./lib/checkpoint/types.ts";
export type { DecodingRun } from "./lib/decoding/decoding_task.ts";
export type { DetectedLanguage } from "./lib/decoding/detect_language.ts";
export type { PhraseBoost } from "./lib/decoding/phrase_boost.ts";
export type { DecodingOptions, DecodingResult } from "./lib/decoding/options.ts";
export {
  type ArgumentErrorCode,
  AudioDecodeError,
  CheckpointFormatError,
  ChecksumMismatchError,
  DownloadError,
  ModelNotFoundError,
} from "./lib/errors.ts";
export type { Language, LanguageCode, LanguageName } from "./lib/tokenizer/language_types.ts";
export type { Regrouping, RegroupLimits } from "./lib/regroup/regrouping.ts";
export { loadModel, type LoadModelOptions } from "./lib/load_model.ts";
export type { LiveOptions } from "./lib/live/live_options.ts";
export type { LiveStream } from "./lib/live/live_stream.ts";
export type { PcmSource } from "./lib/live/sound_source.ts";
export type { PcmFormat, PcmPiece } from "./lib/live/pcm_samples.ts";
export type { LiveSegment } from "./lib/live/transcribe_live.ts";
export type { ModelPrecision, PrecisionOption } from "./lib/loading/model_precision.ts";
export type { AudioFeatures } from "./lib/model/types.ts";
export type {
  DecodingAttempt,
  DiscardedText,
  DiscardReason,
  RetryReason,
  WindowReport,
} from "./lib/transcription/explain.ts";
export type { SegmentStream } from "./lib/transcription/segment_stream.ts";
export type { Segment, TimeSpan, Transcription, Word } from "./lib/transcription/segments.ts";
export type { TranscriptionState } from "./lib/transcription/transcription_state.ts";
export type { AudioContext } from "./lib/transcription/windows/window_encoder.ts";
export type { TranscribeOptions, TranscribeProgress } from "./lib/transcription/transcribe_options.ts";
export type { SpeakerOptions } from "./lib/speakers/speaker_options.ts";
export type { SpeakerTurn } from "./lib/speakers/speaker_turns.ts";
export type { VadOptions } from "./lib/vad/vad_options.ts";
export type {
  DecodeOptions,
  DetectLanguageOptions,
  DetectSpeakersOptions,
  DetectSpeechOptions,
  EmbedAudioOptions,
  WhisperModel,
} from "./lib/whisper_model.ts";

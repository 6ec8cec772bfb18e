/** The part of a recording that a job transcribes, and what is to be known of the whole before it is cut. */
import type { AudioSource, TimeSpan } from "../../../mod.ts";
import { openLibrary } from "../../../ffi/library.ts";
import { SAMPLE_RATE } from "../../audio/log_mel_spectrogram.ts";
import { firstPass } from "../../audio/recording/first_pass.ts";
import { joinedRecording } from "../../audio/recording/joined_recording.ts";
import { listenThrough } from "../../audio/recording/listen_through.ts";
import { openRecording, type OpenRecordingOptions } from "../../audio/recording/open_recording.ts";
import type { Hearing } from "../../audio/recording/recording.ts";
import { SampleCollector } from "../../audio/recording/sample_collector.ts";
import { LazySpeechModel } from "../../vad/lazy_speech_model.ts";
import type { SpeechDetector } from "../../vad/speech_detector.ts";
import { DETECTION_DEFAULTS, vadSettings } from "../../vad/vad_options.ts";
import type { PartWindow } from "../job.ts";

/** How a recording is heard. */
export interface HearingOptions extends OpenRecordingOptions {
  /**
   * Which channel is heard, from 0, or all of them mixed.
   *
   * @default {"mix"}
   */
  readonly channel?: Hearing;
}

/** What is known of a recording that was gone through. */
export interface Survey {
  /** Its seconds. */
  readonly duration: number;
  /** What is spoken in it. */
  readonly speech: readonly TimeSpan[];
  /** What is heard of it: another channel than was asked for where its channels cancel each other out. */
  readonly channel: Hearing;
}

/** Opens the model that tells speech from the rest; it needs no Whisper. Whoever opens it disposes it. */
export function openSpeechModel(
  options: { readonly library?: string; readonly threads?: number } = {},
): LazySpeechModel {
  return new LazySpeechModel(async () => {
    const library = await openLibrary({ library: options.library, device: "cpu" });
    const { SpeechModel } = await import("../../vad/silero/speech_model.ts");
    return await SpeechModel.open(library, { threads: options.threads });
  });
}

/**
 * Goes through a recording once, and tells where somebody speaks, in memory that does not grow with it.
 *
 * @throws {AudioDecodeError} when it cannot be decoded, there is none, or it has no such channel.
 */
export async function surveyRecording(
  audio: AudioSource,
  speechModel: Pick<LazySpeechModel, "detect">,
  { channel = "mix", ...options }: HearingOptions = {},
): Promise<Survey> {
  const { signal } = options;
  await using recording = await openRecording(audio, options);
  using begun = new DisposableStack();
  const { hearing, listener } = await firstPass(
    recording,
    channel,
    async () => new Surveyor(begun.use(await speechModel.detect(signal))),
    options,
  );
  const spans = await listener.detector.finish(vadSettings("plan parts", {}, DETECTION_DEFAULTS));
  return {
    duration: listener.length / SAMPLE_RATE,
    speech: spans.map(({ start, end }) => ({ start: start / SAMPLE_RATE, end: end / SAMPLE_RATE })),
    channel: hearing,
  };
}

/** Listens for speech, and counts. */
class Surveyor {
  readonly detector: SpeechDetector;
  length = 0;

  constructor(detector: SpeechDetector) {
    this.detector = detector;
  }

  push(samples: Float32Array): Promise<void> {
    this.length += samples.length;
    return this.detector.push(samples);
  }
}

/**
 * Gives the samples of a part, as `transcribe` takes them. What lies before it is decoded and not kept; what lies after it
 * is not decoded.
 *
 * @throws {AudioDecodeError} when the recording cannot be decoded, or is shorter than the part says.
 */
export async function readPart(
  audio: AudioSource,
  { start, end }: Pick<PartWindow, "start" | "end">,
  { channel = "mix", ...options }: HearingOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  await using recording = await openRecording(audio, options);
  const stretch = { start: Math.round(start * SAMPLE_RATE), end: Math.round(end * SAMPLE_RATE) };
  const samples = new SampleCollector();
  const part = joinedRecording(recording, channel, [stretch]);
  await listenThrough(part, "mix", samples, { signal: options.signal });
  return samples.take()!;
}

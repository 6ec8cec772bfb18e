/** What a transcription hears of audio: its spectrogram window by window, or its samples; of all channels, or of each. */
import { AudioDecodeError } from "../errors.ts";
import { HOP_LENGTH } from "./log_mel_spectrogram.ts";
import type { MelSource } from "./mel/mel_source.ts";
import { StreamedMel } from "./mel/streamed_mel.ts";
import { beginningOf } from "./recording/beginning.ts";
import { firstPass } from "./recording/first_pass.ts";
import { type AudioSource, openRecording, type OpenRecordingOptions } from "./recording/open_recording.ts";
import type { Hearing, Recording } from "./recording/recording.ts";
import { SampleCollector } from "./recording/sample_collector.ts";

/** How audio is heard. */
export interface HeardAudioOptions extends OpenRecordingOptions {
  /** Mel bands. */
  readonly nMels: number;
  /** Frames of a window. */
  readonly windowFrames: number;
  /**
   * Whether all samples are wanted, and not their spectrogram.
   *
   * @default {false}
   */
  readonly asSamples?: boolean;
}

/** The channels of a recording, each by itself. */
export interface HeardChannels extends AsyncDisposable {
  /** The first window of all channels mixed. */
  openMix(signal?: AbortSignal): Promise<MelSource>;
  /** The channels, opened when they are wanted. */
  readonly channels: readonly ((signal?: AbortSignal) => Promise<MelSource | Float32Array>)[];
}

/** More channels are those of an instrument, not of people who speak. */
const MOST_CHANNELS = 64;

/**
 * Opens audio for a transcription.
 *
 * @throws {AudioDecodeError} when it cannot be decoded, or has no such channel.
 */
export async function hearAudio(
  audio: AudioSource,
  hearing: Hearing,
  options: HeardAudioOptions,
): Promise<MelSource | Float32Array> {
  return await hear(await openRecording(audio, openingOf(options)), hearing, options);
}

/**
 * Opens the first window of audio, whose loudest value is its own.
 *
 * @throws {AudioDecodeError} when it cannot be decoded.
 */
export async function hearBeginning(
  audio: AudioSource,
  hearing: Hearing,
  options: HeardAudioOptions,
): Promise<MelSource> {
  return await openBeginning(await openRecording(audio, openingOf(options)), hearing, options);
}

/**
 * Opens each channel of audio.
 *
 * @throws {AudioDecodeError} when it cannot be opened, or has too many.
 */
export async function hearChannels(audio: AudioSource, options: HeardAudioOptions): Promise<HeardChannels> {
  const recording = await openRecording(audio, openingOf(options));
  try {
    const count = await recording.countChannels(options.signal);
    if (count > MOST_CHANNELS) {
      throw new AudioDecodeError(
        `Cannot split the channels of ${recording.name}: it has ${count}, at most ${MOST_CHANNELS} are transcribed apart`,
      );
    }
    const shared: Recording = {
      name: recording.name,
      channels: recording.channels,
      countChannels: (signal) => recording.countChannels(signal),
      pieces: (hearing, pieceOptions) => recording.pieces(hearing, pieceOptions),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return {
      openMix: (signal) => openBeginning(shared, "mix", { ...options, signal }),
      channels: Array.from(
        { length: count },
        (_, channel) => (signal) =>
          hear(shared, channel, {
            ...options,
            signal,
            // Damage is that of all channels.
            onWarning: channel === 0 ? options.onWarning : undefined,
          }),
      ),
      [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
    };
  } catch (error) {
    await recording[Symbol.asyncDispose]();
    throw error;
  }
}

function openingOf(
  { signal, fetch, ffmpeg, audioTrack, onWarning }: HeardAudioOptions,
): OpenRecordingOptions {
  return { signal, fetch, ffmpeg, audioTrack, onWarning };
}

async function hear(
  recording: Recording,
  hearing: Hearing,
  { nMels, asSamples, signal, onWarning }: HeardAudioOptions,
): Promise<MelSource | Float32Array> {
  if (!asSamples) return await StreamedMel.open(recording, { nMels, hearing, signal, onWarning });
  await using heard = recording;
  const { listener } = await firstPass(heard, hearing, () => new SampleCollector(), { signal, onWarning });
  return listener.take()!;
}

async function openBeginning(
  recording: Recording,
  hearing: Hearing,
  { nMels, windowFrames, signal, onWarning }: HeardAudioOptions,
): Promise<MelSource> {
  const beginning = beginningOf(recording, windowFrames * HOP_LENGTH);
  return await StreamedMel.open(beginning, { nMels, hearing, signal, onWarning });
}

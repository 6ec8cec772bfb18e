/**
 * What a transcription hears of audio: its spectrogram window by window, at once or when it was searched for speech; of
 * all channels, or of each.
 */
import { AudioDecodeError } from "../errors.ts";
import { HOP_LENGTH } from "./log_mel_spectrogram.ts";
import type { MelSource } from "./mel/mel_source.ts";
import { StreamedMel } from "./mel/streamed_mel.ts";
import { beginningOf } from "./recording/beginning.ts";
import { type AudioSource, openRecording, type OpenRecordingOptions } from "./recording/open_recording.ts";
import type { Hearing, Recording } from "./recording/recording.ts";
import { SearchedAudio, type SearchedAudioOptions } from "./searched_audio.ts";

/** How audio is heard. */
export interface HeardAudioOptions extends OpenRecordingOptions {
  /** Mel bands. */
  readonly nMels: number;
  /** Frames of a window. */
  readonly windowFrames: number;
  /**
   * Whether it is searched before it is heard.
   *
   * @default {false}
   */
  readonly isSearched?: boolean;
}

/** The channels of a recording, each by itself. */
export interface HeardChannels extends AsyncDisposable {
  /** The first window of all channels mixed. */
  openMix(signal?: AbortSignal): Promise<MelSource>;
  /** The channels, opened when they are wanted. */
  readonly channels: readonly ((signal?: AbortSignal) => Promise<MelSource | SearchedAudio>)[];
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
): Promise<MelSource | SearchedAudio> {
  return await hear(await openRecording(audio, openingOf(options)), hearing, options);
}

/**
 * Opens audio that is searched before any of it is heard.
 *
 * @throws {AudioDecodeError} when it cannot be opened.
 */
export async function searchAudio(
  audio: AudioSource,
  hearing: Hearing,
  options: OpenRecordingOptions & SearchedAudioOptions,
): Promise<SearchedAudio> {
  return new SearchedAudio(await openRecording(audio, openingOf(options)), hearing, options);
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
  { signal, fetch, ffmpeg, audioTrack, onWarning }: OpenRecordingOptions,
): OpenRecordingOptions {
  return { signal, fetch, ffmpeg, audioTrack, onWarning };
}

async function hear(
  recording: Recording,
  hearing: Hearing,
  { nMels, isSearched, signal, onWarning }: HeardAudioOptions,
): Promise<MelSource | SearchedAudio> {
  if (isSearched) return new SearchedAudio(recording, hearing, { nMels, signal, onWarning });
  return await StreamedMel.open(recording, { nMels, hearing, signal, onWarning });
}

async function openBeginning(
  recording: Recording,
  hearing: Hearing,
  { nMels, windowFrames, signal, onWarning }: HeardAudioOptions,
): Promise<MelSource> {
  const beginning = beginningOf(recording, windowFrames * HOP_LENGTH);
  return await StreamedMel.open(beginning, { nMels, hearing, signal, onWarning });
}

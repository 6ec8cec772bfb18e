/**
 * Opens audio of any kind: WAV is read here, compressed formats by the decoders in `wasm/`, the rest by ffmpeg. Each is
 * imported with the first file that needs it.
 */
import { AudioDecodeError } from "../../errors.ts";
import { type FileFormat, SNIFF_LENGTH, sniffFormat } from "../format.ts";
import { checkSamples, scaleSamples } from "../samples.ts";
import { type AudioInput, borrowed, partOf } from "../input/audio_input.ts";
import { endOfTag, findFrames, FRAMES_SEARCHED } from "../mpeg_frames.ts";
import { type AudioFile, openAudioInput } from "../source.ts";
import { codecName, readWavHeader, type WavHeader, WavHeaderError } from "../wav.ts";
import { findFlacFiles, withLaterFiles } from "./joined_flac.ts";
import { leaveToFfmpeg, missingTrack, openCompressedOrElse } from "./open_compressed_or_else.ts";
import type { Recording } from "./recording.ts";
import { samplesRecording } from "./samples_recording.ts";
import { withUncountedFrames } from "./uncounted_frames.ts";
import { wavRecording } from "./wav_recording.ts";

/**
 * Audio: a path, a `URL` object, the bytes of a file, a `Blob`, a `Response` or a stream of such bytes; or mono
 * samples at 16 kHz: a `Float32Array`, full scale being 1, or an `Int16Array`, full scale being 32768.
 */
export type AudioSource = AudioFile | Float32Array | Int16Array;

/** What `decodeAudio` may be told. */
export interface DecodeAudioOptions {
  /** Stops reading, fetching and decoding. */
  readonly signal?: AbortSignal;
  /**
   * Fetches `http:`, `https:`, `data:` and `blob:` URLs.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: typeof fetch;
  /**
   * The program that decodes what is not decoded here: a name looked for in `PATH`, or a path.
   *
   * @default {"ffmpeg"}
   */
  readonly ffmpeg?: string;
  /** Which of several audio tracks is heard, from 0. Default: the one that the file says. */
  readonly audioTrack?: number;
  /**
   * Which channel is heard, from 0, or `"mix"` for all of them.
   *
   * @default {"mix"}
   */
  readonly channel?: "mix" | number;
  /** Told of damage that left something to hear, and of channels that cancel each other out. */
  readonly onWarning?: (message: string) => void;
}

/** What opening audio may be told. */
export type OpenRecordingOptions = Omit<DecodeAudioOptions, "channel">;

type Opener = (
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
) => Promise<Recording>;

/** The formats decoded without ffmpeg, by their id in `format.ts`. */
const OPENERS: ReadonlyMap<string, Opener> = new Map<string, Opener>([
  ["wav", openWav],
  ["w64", openWav],
  ["flac", openFlac],
  ["caf", openCaf],
  ["au", openAu],
  ["mp4", openMp4],
  ["mp3", openMp3],
  ...["ogg", "vorbis", "opus", "oggflac", "matroska", "aiff", "aac"].map((id) =>
    [id, openCompressedOrElse] as const
  ),
]);

/**
 * Opens audio. Samples are copied at once, with zeros for values that are not finite.
 *
 * Requires `--allow-read` permission for paths, `--allow-net` for `http:` URLs, and for what is left to ffmpeg
 * `--allow-run=ffmpeg` and `--allow-env`, which starting a program needs.
 *
 * @throws {AudioDecodeError} when the audio cannot be read, or is none.
 * @throws {TypeError} when `source` is of another kind.
 */
export async function openRecording(
  source: AudioSource,
  options: OpenRecordingOptions = {},
): Promise<Recording> {
  options.signal?.throwIfAborted();
  if (source instanceof Float32Array) return samplesRecording(await checkSamples(source, options));
  if (source instanceof Int16Array) return samplesRecording(await scaleSamples(source, options.signal));
  const input = await openAudioInput(source, options);
  try {
    const format = await formatOf(input);
    if (format === undefined) return await openUnknown(input, options);
    const open = OPENERS.get(format.id);
    return await (open ? open(input, format, options) : leaveToFfmpeg(input, format, options));
  } catch (error) {
    await input[Symbol.asyncDispose]();
    throw error;
  }
}

/** Tells the format, and refuses what is no sound. */
async function formatOf(input: AudioInput): Promise<FileFormat | undefined> {
  if (input.size === 0) throw new AudioDecodeError(`Cannot decode ${input.name}: it is empty`);
  const format = sniffFormat(await input.read(0, SNIFF_LENGTH));
  if (format?.id === "playlist") {
    throw new AudioDecodeError(
      `Cannot decode ${input.name}: it looks like ${format.name}; such files are not followed, pass the sound itself`,
    );
  }
  if (format?.audio === false) {
    throw new AudioDecodeError(`Cannot decode ${input.name}: it looks like ${format.name}, not audio`);
  }
  return format;
}

/** Opens what does not begin as any format does: frames of MP3 or AAC, perhaps, that were taken up in the middle. */
async function openUnknown(input: AudioInput, options: OpenRecordingOptions): Promise<Recording> {
  const head = await input.read(0, FRAMES_SEARCHED);
  const frames = findFrames(head);
  if (frames === undefined && head.every((byte) => byte === 0)) {
    const what = head.length === input.size ? "it holds" : "it begins with";
    throw new AudioDecodeError(
      `Cannot decode ${input.name}: ${what} nothing but zeros, as what was not copied or written to its end`,
    );
  }
  if (frames === undefined) return await leaveToFfmpeg(input, undefined, options);
  const { id, name, offset } = frames;
  const sound = partOf(input, offset);
  return await openCompressedOrElse(sound, { id, name, audio: true }, options, { whole: input });
}

/** The codecs of WAV files that `wasm/` knows: Microsoft's and IMA's. */
const ADPCM_TAGS: readonly number[] = [0x02, 0x11];
/** Those whose samples are as in a file without the WAV around them: MP2 and MP3. */
const MPEG_TAGS: readonly number[] = [0x50, 0x55];

async function openWav(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
): Promise<Recording> {
  if (options.audioTrack) throw missingTrack(input, options.audioTrack, "it has 1 audio track");
  let header: WavHeader;
  try {
    header = await readWavHeader(input);
  } catch (error) {
    if (!(error instanceof WavHeaderError)) throw error;
    return await leaveToFfmpeg(input, format, options, error);
  }
  const { encoding } = header;
  if (encoding !== undefined) {
    return wavRecording(input, await withUncountedFrames(input, { ...header, encoding }));
  }
  const named = { ...format, name: codecName(header) };
  const { formatTag, statedFrames, sampleRate, dataOffset, frameCount, frameSize } = header;
  const edit = statedFrames ? { start: 0, duration: statedFrames / sampleRate } : undefined;
  if (MPEG_TAGS.includes(formatTag)) {
    const sound = partOf(input, dataOffset, dataOffset + frameCount * frameSize);
    return await openCompressedOrElse(sound, { ...named, id: "mp3" }, options, { edit, whole: input });
  }
  if (!ADPCM_TAGS.includes(formatTag)) return await leaveToFfmpeg(input, named, options);
  return await openCompressedOrElse(input, named, options, { edit });
}

async function openMp3(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
): Promise<Recording> {
  if (await endOfTag(input) >= input.size) {
    throw new AudioDecodeError(`Cannot decode ${input.name}: it is a tag (ID3) without sound behind it`);
  }
  return await openCompressedOrElse(input, format, options);
}

async function openFlac(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
): Promise<Recording> {
  const starts = await findFlacFiles(input, options.signal);
  if (starts.length === 1) return await openCompressedOrElse(input, format, options);
  const [first, ...later] = starts.map((start, i) => partOf(input, start, starts[i + 1]));
  return withLaterFiles(
    await openCompressedOrElse(first, format, options),
    later.map((part) => () => openCompressedOrElse(borrowed(part), format, options)),
  );
}

async function openCaf(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
): Promise<Recording> {
  const { readCafSamples } = await import("../pcm/caf_samples.ts");
  const samples = options.audioTrack ? undefined : await readCafSamples(input);
  return samples ? wavRecording(input, samples) : await openCompressedOrElse(input, format, options);
}

async function openAu(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
): Promise<Recording> {
  if (options.audioTrack) throw missingTrack(input, options.audioTrack, "it has 1 audio track");
  const { readAuSamples } = await import("../pcm/au_samples.ts");
  const samples = await readAuSamples(input);
  return samples ? wavRecording(input, samples) : await leaveToFfmpeg(input, format, options);
}

async function openMp4(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
): Promise<Recording> {
  const { hasStoredSamples, readMp4Samples } = await import("../pcm/mp4_samples.ts");
  const found = await readMp4Samples(input, options.audioTrack);
  if (found) return wavRecording(found.sound, found.samples);
  // The decoders take some of those for others, and give noise without a word.
  if (await hasStoredSamples(input, options.audioTrack)) {
    return await leaveToFfmpeg(input, format, options, {
      why: "its samples are stored in a way that is not read here, or are not there",
    });
  }
  return await openCompressedOrElse(input, format, options);
}

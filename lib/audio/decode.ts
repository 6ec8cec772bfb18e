/**
 * Audio of any kind to mono samples at 16 kHz, after `load_audio` of openai/whisper's `audio.py`: WAV is
 * read here, compressed formats by the decoders in `wasm/`, and the rest goes to the `ffmpeg` program.
 */
import { AudioDecodeError } from "../errors.ts";
import {
  CALLBACK,
  checkOptions,
  type OptionRules,
  PROGRAM,
  SIGNAL,
  TRACK,
} from "../options/check_options.ts";
import { cancelledWarning, hearOneOfCancelled } from "./cancelled_channels.ts";
import { openCompressed } from "./wasm/compressed.ts";
import { downmixWeights } from "./downmix.ts";
import { decodeWithFfmpeg } from "./ffmpeg.ts";
import { type FileFormat, SNIFF_LENGTH, sniffFormat } from "./format.ts";
import { MAX_SECONDS } from "./limits.ts";
import { SAMPLE_RATE } from "./log_mel_spectrogram.ts";
import { Resampler } from "./resample.ts";
import { checkSamples, scaleSamples } from "./samples.ts";
import { type AudioFile, type AudioInput, openAudioInput } from "./source.ts";
import { TimeSlice } from "../async/time_slice.ts";
import { OpenError } from "./wasm/compressed_recording.ts";
import type { Edit } from "./wasm/mp4_edits.ts";
import { codecName, mixWavFrames, readWavHeader, type WavHeader } from "./wav.ts";

/**
 * Audio: a path, a `URL` object, the bytes of a file, a `Blob`, a `Response` or a stream of such bytes; or mono
 * samples at 16 kHz: a `Float32Array`, full scale being 1, or an `Int16Array`, full scale being 32768.
 */
export type AudioSource = AudioFile | Float32Array | Int16Array;

/** What {@linkcode decodeAudio} may be told. */
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
  /** Told of damage that left something to hear, and of channels that cancel each other out. */
  readonly onWarning?: (message: string) => void;
}

const DECODE_AUDIO_RULES: OptionRules<DecodeAudioOptions> = {
  signal: SIGNAL,
  fetch: CALLBACK,
  ffmpeg: PROGRAM,
  audioTrack: TRACK,
  onWarning: CALLBACK,
};

type Decoder = (
  input: AudioInput,
  format: FileFormat,
  options: DecodeAudioOptions,
) => Promise<Float32Array<ArrayBuffer>>;

/** The formats decoded without ffmpeg, by their id in `format.ts`. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["wav", decodeWav],
  ["w64", decodeWav],
  ...["mp3", "flac", "ogg", "vorbis", "opus", "oggflac", "mp4", "matroska", "aiff", "caf", "aac"].map((id) =>
    [id, decodeCompressed] as const
  ),
]);

/**
 * Decodes audio to mono samples at 16 kHz, full scale being 1, without blocking the event loop.
 *
 * Requires `--allow-read` permission for paths, `--allow-net` for `http:` URLs, and for what is left to ffmpeg
 * `--allow-run=ffmpeg` and `--allow-env`, which starting a program needs.
 *
 * @returns The samples. A `Float32Array` comes back as a copy, made at once, with zeros for values that are not finite,
 * scaled if it holds integers.
 * @throws {AudioDecodeError} when the audio cannot be read or decoded, or there is none.
 * @throws {TypeError | RangeError} when `source` is of another kind, or an option is unknown or wrong.
 */
export async function decodeAudio(
  source: AudioSource,
  options: DecodeAudioOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkOptions("decode audio", options, DECODE_AUDIO_RULES);
  options.signal?.throwIfAborted();
  if (source instanceof Float32Array) return await checkSamples(source, options);
  if (source instanceof Int16Array) return await scaleSamples(source, options.signal);
  await using input = await openAudioInput(source, options);
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
  const decoder = format && DECODERS.get(format.id);
  const samples =
    await (decoder ? decoder(input, format, options) : decodeWithFfmpeg(input, format, options));
  if (samples.length === 0) throw new AudioDecodeError(`Cannot decode ${input.name}: it holds no samples`);
  return samples;
}

/** The codecs of WAV files that `wasm/` knows: Microsoft's and IMA's. */
const ADPCM_TAGS: readonly number[] = [0x02, 0x11];

/** Decodes what `wasm/` can, and has ffmpeg try the rest. */
async function decodeCompressed(
  input: AudioInput,
  format: FileFormat,
  options: DecodeAudioOptions,
  edit?: Edit,
): Promise<Float32Array<ArrayBuffer>> {
  const { signal, onWarning, audioTrack: track } = options;
  const container = format.id;
  try {
    const { channels, pieces } = await openCompressed(input, { container, track, edit, signal, onWarning });
    const mix = await collect(pieces, input.name);
    if (channels !== 2) return mix;
    return await hearOneOfCancelled(
      mix,
      async () => {
        const { pieces } = await openCompressed(input, {
          container,
          track,
          edit,
          signal,
          firstChannel: true,
        });
        return await collect(pieces, input.name);
      },
      { signal, onCancelled: () => onWarning?.(cancelledWarning(input.name)) },
    );
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    return await decodeElsewhere(input, format, options, error);
  }
}

/** Lets ffmpeg try what cannot be opened here; without it, what is wrong with the file is the error. */
async function decodeElsewhere(
  input: AudioInput,
  format: FileFormat,
  options: DecodeAudioOptions,
  { failure, message }: OpenError,
): Promise<Float32Array<ArrayBuffer>> {
  if (failure === "no track" && options.audioTrack !== undefined) {
    throw missingTrack(input, options.audioTrack, message);
  }
  if (failure === "unknown codec") {
    return await decodeWithFfmpeg(
      input,
      { ...format, name: `${format.name} whose codec is ${message}` },
      options,
    );
  }
  try {
    return await decodeWithFfmpeg(input, format, options);
  } catch (error) {
    // Whatever ffmpeg says of the file, it says more than that it is not there.
    if (!(error instanceof AudioDecodeError) || error.exitCode !== undefined) throw error;
    const why = failure === "unknown format" ? "it is damaged, or cut off before its sound begins" : message;
    throw new AudioDecodeError(
      `Cannot decode ${input.name}: it looks like ${format.name}, but ${why}`,
      {},
      { cause: error },
    );
  }
}

function missingTrack(input: AudioInput, track: number, found: string): AudioDecodeError {
  return new AudioDecodeError(
    `Cannot decode audio track ${track} of ${input.name}: ${found}, counted from 0`,
  );
}

/** Joins the pieces of a recording. */
async function collect(
  pieces: AsyncIterable<Float32Array>,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  let samples = new Float32Array(FIRST_SAMPLES);
  let length = 0;
  for await (const piece of pieces) {
    if (length + piece.length > MAX_SECONDS * SAMPLE_RATE) {
      throw new AudioDecodeError(`Cannot decode ${name}: it is longer than ${MAX_SECONDS / 3600} hours`);
    }
    if (length + piece.length > samples.length) samples = resized(samples, 1.5 * (length + piece.length));
    samples.set(piece, length);
    length += piece.length;
  }
  return resized(samples, length);
}

/** Room for a minute, to begin with. */
const FIRST_SAMPLES = 60 * SAMPLE_RATE;

/** Moves samples to memory of another size; where the system can, they stay where they are. */
function resized(samples: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(samples.buffer.transfer(4 * Math.floor(length)));
}

/**
 * Differs from whisper: samples keep the precision they have, where whisper rounds all to 16 bits. Those of
 * 16 bits, mono and 16 kHz are the same.
 */
async function decodeWav(
  input: AudioInput,
  format: FileFormat,
  options: DecodeAudioOptions,
): Promise<Float32Array<ArrayBuffer>> {
  if (options.audioTrack) throw missingTrack(input, options.audioTrack, "it has 1 audio track");
  const header = await readWavHeader(input);
  if (header.encoding === undefined) {
    const named = { ...format, name: codecName(header) };
    if (!ADPCM_TAGS.includes(header.formatTag)) return await decodeWithFfmpeg(input, named, options);
    const edit = header.statedFrames
      ? { start: 0, duration: header.statedFrames / header.sampleRate }
      : undefined;
    return await decodeCompressed(input, named, options, edit);
  }
  if (header.frameCount > MAX_SECONDS * header.sampleRate) {
    throw new AudioDecodeError(`Cannot decode ${input.name}: it is longer than ${MAX_SECONDS / 3600} hours`);
  }
  if (header.missingFrames !== undefined) {
    const [missing, stated] = [header.missingFrames, header.missingFrames + header.frameCount]
      .map((frames) => (frames / header.sampleRate).toFixed(1));
    options.onWarning?.(
      `${input.name} is damaged, ${missing} of the ${stated} s of its header cannot be read`,
    );
  }
  const weights = downmixWeights(header.channels, header.channelMask);
  const mix = await mixDown(input, header, weights, options.signal);
  if (header.channels !== 2) return mix;
  return await hearOneOfCancelled(
    mix,
    () => mixDown(input, header, Float64Array.of(1, 0), options.signal),
    {
      signal: options.signal,
      onCancelled: () => options.onWarning?.(cancelledWarning(input.name)),
    },
  );
}

/** Reads a WAV file as mono samples at 16 kHz. */
async function mixDown(
  input: AudioInput,
  header: WavHeader,
  weights: Float64Array,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const resampler = header.sampleRate === SAMPLE_RATE
    ? undefined
    : new Resampler(header.sampleRate, SAMPLE_RATE);
  const samples = new Float32Array(resampler?.outputLength(header.frameCount) ?? header.frameCount);
  const slice = new TimeSlice(signal);
  let length = 0;
  const append = (part: Float32Array) => {
    for (let i = 0; i < part.length; i++) samples[length++] = Math.max(-1, Math.min(1, part[i]));
  };
  for await (const mono of readMono(input, header, weights)) {
    append(resampler ? resampler.push(mono) : mono);
    await slice.pause();
  }
  if (resampler) append(resampler.finish());
  return samples.subarray(0, length);
}

/** Reads the samples of a WAV file mixed to mono, half a second or less at a time. */
async function* readMono(
  input: AudioInput,
  header: WavHeader,
  weights: Float64Array,
): AsyncGenerator<Float32Array> {
  const { sampleRate, frameSize, frameCount, dataOffset } = header;
  const pieceLength = Math.max(1, Math.min(sampleRate >> 1, Math.floor((1 << 18) / frameSize)));
  for (let frame = 0; frame < frameCount; frame += pieceLength) {
    const count = Math.min(pieceLength, frameCount - frame);
    const bytes = await input.read(dataOffset + frame * frameSize, count * frameSize);
    yield mixWavFrames(bytes, header, weights);
    // The file has become shorter since its size was asked.
    if (bytes.length < count * frameSize) return;
  }
}

/**
 * From the pieces of a stream to mono samples at 16 kHz: raw samples as they come, a WAV file as it comes, and a file of
 * another format when it has come to its end.
 */
import { joinBytes } from "../bytes/join.ts";
import { decodeAudio } from "../audio/decode.ts";
import { type FileFormat, SNIFF_LENGTH, sniffFormat } from "../audio/format.ts";
import type { AudioInput } from "../audio/input/audio_input.ts";
import { findFrames } from "../audio/mpeg_frames.ts";
import { readWavHeader, type WavHeader } from "../audio/wav.ts";
import { AudioDecodeError } from "../errors.ts";
import type { LiveSettings } from "./live_options.ts";
import { type PcmPiece, PcmReader } from "./pcm_samples.ts";

/** What reading must know. */
export type SoundSettings = Pick<
  LiveSettings,
  "sampleRate" | "channels" | "format" | "signal" | "ffmpeg" | "audioTrack" | "onWarning"
>;

/** Bytes of a WAV file in which its samples have begun. */
const LONGEST_HEADER = 1 << 16;

/** A size of samples from which on it is what programs write that do not know: they go on to the end. */
const UNKNOWN_SIZE = 0x7f000000;

/** Bytes in which there are enough frames of MP3 or AAC to know them by. */
const FRAMES_HEARD = 1 << 13;

/**
 * Gives the samples of a stream, in pieces of any size.
 *
 * @throws {AudioDecodeError} when it is a file that holds no sound, and nobody said that it is raw samples.
 */
export async function* readSound(
  audio: AsyncIterable<PcmPiece>,
  settings: SoundSettings,
): AsyncGenerator<Float32Array, undefined, undefined> {
  const { format } = settings;
  if (format !== "auto" && format !== "file") {
    return yield* read(audio, new PcmReader({ ...settings, format }));
  }
  await using beginning = new Beginning(audio);
  const head = await beginning.peek(SNIFF_LENGTH);
  if (head === undefined) {
    return yield* read(beginning.rest(), new PcmReader({ ...settings, format: "s16le" }));
  }
  const found = await formatOf(beginning, head, format);
  if (found?.id === "wav" && settings.audioTrack === undefined) {
    const header = await readWavHeader(beginning.asInput());
    const { encoding } = header;
    if (encoding !== undefined) {
      await beginning.skip(header.dataOffset);
      const samples = samplesOf(header, beginning.rest(), settings);
      return yield* read(samples, new PcmReader({ ...header, encoding }));
    }
  }
  if (format === "auto" && found === undefined) {
    return yield* read(beginning.rest(), new PcmReader({ ...settings, format: "s16le" }));
  }
  const { signal, ffmpeg, audioTrack, onWarning } = settings;
  yield await decodeAudio(bytesOnly(beginning.rest()), { signal, ffmpeg, audioTrack, onWarning });
}

/** What a stream is, of which nobody said that it is raw samples; nothing if it is those. */
async function formatOf(
  beginning: Beginning,
  head: Uint8Array,
  format: "auto" | "file",
): Promise<FileFormat | undefined> {
  const found = head.length === 0 ? undefined : sniffFormat(head);
  if (format === "file" || found === undefined) return found;
  // Two bytes are enough for some formats, and what very quiet samples are made of: -1 and -2.
  if (head[0] >= 0xfe && found.id === "text") return undefined;
  if (head[0] === 0xff && found.audio) {
    return findFrames((await beginning.peek(FRAMES_HEARD))!)?.offset === 0 ? found : undefined;
  }
  if (found.audio) return found;
  throw new AudioDecodeError(
    `Cannot decode the audio stream: it looks like ${found.name}, not audio; if it is raw samples, say so with the ` +
      "format option",
  );
}

async function* read(
  audio: AsyncIterable<PcmPiece>,
  reader: PcmReader,
): AsyncGenerator<Float32Array, undefined, undefined> {
  for await (const piece of audio) yield reader.push(piece);
  yield reader.finish();
}

async function* bytesOnly(audio: AsyncIterable<PcmPiece>): AsyncGenerator<Uint8Array> {
  for await (const piece of audio) {
    if (!(piece instanceof Uint8Array)) throw new TypeError("Cannot read a file: wanted pieces of bytes");
    yield piece;
  }
}

/** The bytes of a WAV file's samples, as many as its header says there are, and a warning where fewer came. */
async function* samplesOf(
  { frameCount, frameSize, sampleRate }: WavHeader,
  audio: AsyncIterable<PcmPiece>,
  { signal, onWarning }: SoundSettings,
): AsyncGenerator<PcmPiece> {
  const size = frameCount * frameSize, isKnown = size < UNKNOWN_SIZE;
  let left = isKnown ? size : Infinity;
  for await (const piece of audio) {
    yield piece instanceof Uint8Array ? piece.subarray(0, left) : piece;
    left -= piece.length;
    if (left <= 0) return;
  }
  // A stream that nobody hears any longer ends too.
  if (!isKnown || signal?.aborted) return;
  const [missing, stated] = [left, size].map((bytes) => (bytes / frameSize / sampleRate).toFixed(1));
  onWarning?.(`The audio stream was cut off: of the ${stated} s of its header ${missing} did not come`);
}

/** A stream whose first bytes are looked at before it is read. */
class Beginning implements AsyncDisposable {
  readonly #pieces: AsyncIterator<PcmPiece>;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** A piece that is no bytes, or nothing at the end. */
  #next: IteratorResult<PcmPiece> | undefined;

  constructor(audio: AsyncIterable<PcmPiece>) {
    this.#pieces = audio[Symbol.asyncIterator]();
  }

  /** The first bytes, fewer where the stream ends; nothing if its pieces are samples. */
  async peek(count: number): Promise<Uint8Array | undefined> {
    while (this.#bytes.length < count && this.#next === undefined) {
      const result = await this.#pieces.next();
      if (result.done || !(result.value instanceof Uint8Array)) this.#next = result;
      else this.#bytes = joinBytes([this.#bytes, result.value]);
    }
    if (this.#next?.done === false && this.#bytes.length === 0) return undefined;
    return this.#bytes.subarray(0, count);
  }

  /** The stream as a file without end, whose header can be read. */
  asInput(): AudioInput {
    return {
      name: "the audio stream",
      size: Number.MAX_SAFE_INTEGER,
      read: async (offset, length) =>
        (await this.peek(Math.min(LONGEST_HEADER, offset + length)))!.slice(offset, offset + length),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** Leaves bytes out. */
  async skip(count: number): Promise<void> {
    await this.peek(count);
    this.#bytes = this.#bytes.slice(count);
  }

  /** What was not skipped. */
  async *rest(): AsyncGenerator<PcmPiece, undefined, undefined> {
    if (this.#bytes.length > 0) yield this.#bytes;
    for (
      let result = this.#next ?? await this.#pieces.next();
      !result.done;
      result = await this.#pieces.next()
    ) {
      yield result.value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pieces.return?.();
  }
}

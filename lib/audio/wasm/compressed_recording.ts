/**
 * A recording in a compressed format, packet by packet: the WebAssembly file of `decoders.ts`, which reads the bytes
 * it wants from here and can touch nothing but its own memory of 64 MB at most.
 */
import { inflateBase64 } from "../../bytes/embedded.ts";

/** A file that can be read at once. */
export interface ReadableInput {
  readonly size: number;
  /** The size it should have, if a part of it was cut off. */
  readonly statedSize?: number;
  readSync(offset: number, bytes: Uint8Array): number;
}

/** The functions of the WebAssembly file: see `scripts/audio_wasm/src/lib.rs`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  open(size: number, track: number): number;
  next(): number;
  samples(): number;
  message(): number;
  message_length(): number;
  sample_rate(): number;
  channels(): number;
  channel_mask(): number;
  track(): number;
  track_count(): number;
  stated_frames(): number;
}

/** Why a recording cannot be opened. */
export type OpenFailure = "unknown format" | "no track" | "unknown codec" | "damaged" | "cut off";

const OPEN_FAILURES: Readonly<Record<number, OpenFailure>> = {
  [-1]: "unknown format",
  [-2]: "no track",
  [-3]: "unknown codec",
  [-4]: "damaged",
  [-5]: "cut off",
};

/** Thrown when a recording cannot be opened. */
export class OpenError extends Error {
  override name = "OpenError";
  readonly failure: OpenFailure;

  /** Makes the error from its fields; the message is a sentence that begins with "it", or a codec's name. */
  constructor(failure: OpenFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** What became of a packet. */
export type Step =
  /** Interleaved samples, full scale being 1, in memory that the next step overwrites. */
  | { readonly kind: "samples"; readonly samples: Float32Array }
  | { readonly kind: "end" }
  /** The packet is left out. */
  | { readonly kind: "damaged"; readonly why: string }
  /** Nothing can be read after it. */
  | { readonly kind: "broken"; readonly why: string };

/** Bytes that may be read again and again before a file that leads in a circle is given up. */
const SPARE_BYTES = 64 << 20;
/** Stands for the index that was cut off of a Matroska file: whichever of them comes first, they are void elements. */
const FILLER = 0xec;
/** How often the bytes of a file may be read: to find its tracks, its index and its sound. */
const READS = 8;

/** An open recording. */
export class CompressedRecording {
  readonly #exports: Exports;
  /** What stopped the decoder for good. */
  #trap: string | undefined;

  private constructor(exports: Exports) {
    this.#exports = exports;
  }

  /**
   * Finds the container and the track, and makes the track's decoder.
   *
   * @param track Counts the audio tracks from 0. Default: the file's default.
   * @throws {OpenError} when that cannot be done.
   */
  static async open(
    input: ReadableInput,
    options: { readonly track?: number } = {},
  ): Promise<CompressedRecording> {
    const reader = new Reader(input);
    const { exports } = await WebAssembly.instantiate(await compiled(), { audio: { read: reader.read } });
    const recording = exports as unknown as Exports;
    reader.memory = recording.memory;
    const opened = new CompressedRecording(recording);
    const code = opened.#call(() => recording.open(input.statedSize ?? input.size, options.track ?? -1), -4);
    reader.isOpening = false;
    if (code !== 0) throw new OpenError(OPEN_FAILURES[code], opened.#message());
    return opened;
  }

  /** Samples a second of each channel, as of the last packet. */
  get sampleRate(): number {
    return this.#exports.sample_rate();
  }

  /** Channels, as of the last packet. */
  get channels(): number {
    return this.#exports.channels();
  }

  /** The speakers, a bit each as in `WAVE_FORMAT_EXTENSIBLE`, or 0 if they are not known. */
  get channelMask(): number {
    return this.#exports.channel_mask();
  }

  /** Which of the file's audio tracks is decoded, from 0. */
  get track(): number {
    return this.#exports.track();
  }

  /** Audio tracks in the file. */
  get trackCount(): number {
    return this.#exports.track_count();
  }

  /** Frames that the track has by its header, or 0 if it does not say. */
  get statedFrames(): number {
    return this.#exports.stated_frames();
  }

  /** Decodes the next packet, in a millisecond or less. */
  next(): Step {
    const count = this.#call(this.#exports.next, -3);
    if (count >= 0) {
      const { memory, samples, channels } = this.#exports;
      return { kind: "samples", samples: new Float32Array(memory.buffer, samples(), count * channels()) };
    }
    if (count === -1) return { kind: "end" };
    return { kind: count === -2 ? "damaged" : "broken", why: this.#message() };
  }

  /** Calls a function; a trap (memory used up, an assertion) counts as `failure`, and there is no way on after it. */
  #call(call: () => number, failure: number): number {
    if (this.#trap !== undefined) return failure;
    try {
      return call();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      this.#trap = `it leads the decoder astray (${error.message})`;
      return failure;
    }
  }

  #message(): string {
    if (this.#trap !== undefined) return this.#trap;
    const { memory, message, message_length: length } = this.#exports;
    return new TextDecoder().decode(new Uint8Array(memory.buffer, message(), length()).slice());
  }
}

/** What the WebAssembly file reads with; it refuses when more is read than any file needs. */
class Reader {
  readonly #input: ReadableInput;
  #left: number;
  /** While a file is opened, this byte stands for what was cut off: the sound comes before that. */
  isOpening = true;
  memory: WebAssembly.Memory | undefined;

  constructor(input: ReadableInput) {
    this.#input = input;
    this.#left = READS * input.size + SPARE_BYTES;
  }

  readonly read = (offset: number, address: number, length: number): number => {
    if (this.#left < 0 || this.memory === undefined) return -1;
    const bytes = new Uint8Array(this.memory.buffer, address, length);
    const count = this.#input.readSync(offset, bytes);
    this.#left -= Math.max(this.isOpening ? length : count, 1024);
    if (!this.isOpening) return count;
    bytes.fill(FILLER, count);
    return length;
  };
}

let compiling: Promise<WebAssembly.Module> | undefined;

/** Compiles the file when it is first needed; it stays for the life of the process. */
function compiled(): Promise<WebAssembly.Module> {
  return compiling ??= (async () => {
    const { DECODERS_BASE64 } = await import("./decoders.ts");
    return await WebAssembly.compile(await inflateBase64(DECODERS_BASE64));
  })();
}

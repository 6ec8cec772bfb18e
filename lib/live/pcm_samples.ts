/** From the pieces of raw sound that a microphone or a program gives to mono samples at 16 kHz. */
import { joinBytes, joinFloats } from "../bytes/join.ts";
import { downmixWeights } from "../audio/downmix.ts";
import { SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import { Resampler } from "../audio/resample.ts";
import {
  mixFrames,
  SAMPLE_BYTES,
  type SampleEncoding,
  type SampleLayout,
} from "../audio/pcm/stored_samples.ts";
import { wrongArgument } from "../errors.ts";

/** How a sample is stored: `s16le` is 16 bits, signed, little-endian. */
export type PcmFormat = "s16le" | "s16be" | "s24le" | "s32le" | "f32le" | "f64le" | "u8" | "alaw" | "mulaw";

/** How each is read. */
const ENCODINGS: Readonly<Record<PcmFormat, SampleEncoding>> = {
  s16le: "s16",
  s16be: "s16",
  s24le: "s24",
  s32le: "s32",
  f32le: "f32",
  f64le: "f64",
  u8: "u8",
  alaw: "alaw",
  mulaw: "mulaw",
};

/** Every format. */
export const PCM_FORMATS = Object.keys(ENCODINGS) as readonly PcmFormat[];

/** A piece of sound: bytes, or samples with full scale 1 or 32768. */
export type PcmPiece = Uint8Array | Float32Array | Int16Array;

/** What a stream of sound is made of. */
export interface PcmShape {
  /** Samples a second of each channel. */
  readonly sampleRate: number;
  /** Channels, interleaved; they are mixed. */
  readonly channels: number;
  /** How bytes are read. */
  readonly format: PcmFormat;
}

/** Reads one stream, whose pieces may end within a sample. */
export class PcmReader {
  readonly #layout: SampleLayout;
  readonly #weights: Float64Array;
  readonly #resampler: Resampler | undefined;
  /** Bytes of a frame that is not complete yet. */
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Samples of a frame that is not complete yet. */
  #restSamples: Float32Array<ArrayBuffer> = new Float32Array(0);

  /** @param shape What the stream is made of, or how the samples of a WAV file are stored, if it is those. */
  constructor(shape: PcmShape | SampleLayout) {
    this.#layout = "format" in shape ? layoutOf(shape) : shape;
    this.#weights = downmixWeights(this.#layout.channels, this.#layout.channelMask);
    if (this.#layout.sampleRate !== SAMPLE_RATE) {
      this.#resampler = new Resampler(this.#layout.sampleRate, SAMPLE_RATE);
    }
  }

  /**
   * Takes a piece and gives the samples it makes certain, as new memory.
   *
   * @throws {TypeError} when it is no piece of sound.
   */
  push(piece: PcmPiece): Float32Array {
    const mono = this.#mix(piece);
    // The resampler gives every piece in the same memory, and pieces wait for each other here.
    return this.#resampler?.push(mono).slice() ?? mono;
  }

  /** Gives what is left. Nothing may be pushed after it. */
  finish(): Float32Array {
    return this.#resampler?.finish() ?? new Float32Array(0);
  }

  #mix(piece: PcmPiece): Float32Array {
    if (piece instanceof Uint8Array) {
      const { frameSize } = this.#layout;
      const bytes = this.#rest.length === 0 ? piece : joinBytes([this.#rest, piece]);
      const whole = bytes.length - bytes.length % frameSize;
      this.#rest = bytes.slice(whole);
      return mixFrames(bytes.subarray(0, whole), this.#layout, this.#weights);
    }
    if (piece instanceof Float32Array) return this.#mixSamples(piece);
    if (piece instanceof Int16Array) {
      return this.#mixSamples(Float32Array.from(piece, (value) => value / 32768));
    }
    const found = (Object(piece).constructor as { name?: string } | undefined)?.name ?? typeof piece;
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot hear a piece of sound: it is ${found}, wanted a Uint8Array, a Float32Array or an Int16Array`,
    );
  }

  #mixSamples(piece: Float32Array): Float32Array {
    const weights = this.#weights, channels = weights.length;
    const samples = this.#restSamples.length === 0 ? piece : joinFloats([this.#restSamples, piece]);
    const frames = Math.floor(samples.length / channels);
    this.#restSamples = samples.slice(frames * channels);
    const mono = new Float32Array(frames);
    for (let frame = 0, at = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += weights[channel] * samples[at++];
      mono[frame] = Number.isFinite(sum) ? sum : 0;
    }
    return mono;
  }
}

function layoutOf({ sampleRate, channels, format }: PcmShape): SampleLayout {
  const encoding = ENCODINGS[format];
  const frameSize = channels * SAMPLE_BYTES[encoding];
  return { sampleRate, channels, channelMask: 0, encoding, bigEndian: format.endsWith("be"), frameSize };
}

/**
 * Samples that are stored as numbers, in a WAV file or in another: how they are read, and mixed to mono.
 */
import { viewOf } from "../../bytes/data_view.ts";
import { aLawTable, muLawTable } from "../g711.ts";

/**
 * How a sample is stored; integers of one byte are unsigned in a WAV file. `f24` and `f16` are Cool Edit's: 32-bit
 * floating point whose full scale is that of 24 and of 16 bits.
 */
export type SampleEncoding =
  | ("u8" | "s8" | "s16" | "s24" | "s32")
  | ("f32" | "f64" | "f24" | "f16")
  | ("alaw" | "mulaw");

/** The bytes of a sample. */
export const SAMPLE_BYTES: Readonly<Record<SampleEncoding, number>> = {
  u8: 1,
  s8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  f24: 4,
  f16: 4,
  alaw: 1,
  mulaw: 1,
};

/** How the samples of a recording are stored. */
export interface SampleLayout {
  /** Samples a second of each channel. */
  readonly sampleRate: number;
  /** Channels, interleaved. */
  readonly channels: number;
  /** The speakers, a bit each, or 0 if the file does not name them. */
  readonly channelMask: number;
  readonly encoding: SampleEncoding;
  /** Whether its numbers are big-endian. */
  readonly bigEndian: boolean;
  /** Bytes of one sample of every channel, with what pads them. */
  readonly frameSize: number;
}

/** Samples, and where they are. */
export interface StoredSamples extends SampleLayout {
  /** Where the samples begin in the file. */
  readonly dataOffset: number;
  /** How many frames the file really has. */
  readonly frameCount: number;
  /** How many frames the file says it has and does not, if it was cut off. */
  readonly missingFrames?: number;
  /** How many of the frames follow those that the file says it has. */
  readonly uncountedFrames?: number;
}

/**
 * Mixes whole frames to mono, full scale being 1. Values that are not finite become 0.
 *
 * @param weights What each channel counts: see `downmixWeights`.
 * @param into Where the samples are put, if there is room for as many as there are frames.
 */
export function mixFrames(
  bytes: Uint8Array,
  layout: SampleLayout,
  weights: Float64Array,
  into?: Float32Array,
): Float32Array {
  const read = sampleReader(layout.encoding, !layout.bigEndian);
  const view = viewOf(bytes);
  const sampleSize = layout.frameSize / layout.channels;
  const frames = Math.floor(bytes.length / layout.frameSize);
  const mono = into?.subarray(0, frames) ?? new Float32Array(frames);
  // Of the bytes of a padded sample that are not its own, those that a big-endian one has come first.
  const skipped = layout.bigEndian ? sampleSize - SAMPLE_BYTES[layout.encoding] : 0;
  for (let frame = 0, at = skipped; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < weights.length; channel++, at += sampleSize) {
      sum += weights[channel] * read(view, at);
    }
    mono[frame] = sum;
  }
  return mono;
}

function sampleReader(encoding: SampleEncoding, little: boolean): (view: DataView, at: number) => number {
  switch (encoding) {
    case "u8":
      return (view, at) => (view.getUint8(at) - 128) / 128;
    case "s8":
      return (view, at) => view.getInt8(at) / 128;
    case "s16":
      return (view, at) => view.getInt16(at, little) / 32768;
    case "s24":
      return little
        ? (view, at) => (view.getUint16(at, true) | view.getInt8(at + 2) << 16) / 8388608
        : (view, at) => (view.getInt16(at) << 8 | view.getUint8(at + 2)) / 8388608;
    case "s32":
      return (view, at) => view.getInt32(at, little) / 2147483648;
    case "f32":
      return (view, at) => finiteOrZero(view.getFloat32(at, little));
    case "f64":
      return (view, at) => finiteOrZero(Math.fround(view.getFloat64(at, little)));
    case "f24":
      return (view, at) => finiteOrZero(view.getFloat32(at, little) / 8388608);
    case "f16":
      return (view, at) => finiteOrZero(view.getFloat32(at, little) / 32768);
    case "alaw":
      return tableReader(aLawTable());
    case "mulaw":
      return tableReader(muLawTable());
  }
}

function tableReader(table: Float32Array): (view: DataView, at: number) => number {
  return (view, at) => table[view.getUint8(at)];
}

function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

/**
 * WAV files: the header, believed only as far as bytes stand behind it, and the samples mixed to mono.
 * After Microsoft's "Multiple Channel Audio Data and WAVE Files" and, for RF64, EBU Tech 3306.
 */
import { AudioDecodeError } from "../errors.ts";
import { aLawTable, muLawTable } from "./g711.ts";
import { MAX_SAMPLE_RATE, MAX_WAV_CHUNKS, MIN_SAMPLE_RATE } from "./limits.ts";
import type { AudioInput } from "./source.ts";

/** How a sample is stored; integers are little-endian, those of one byte are unsigned. */
export type SampleEncoding = "u8" | "s16" | "s24" | "s32" | "f32" | "f64" | "alaw" | "mulaw";

/** What a WAV file holds and where. */
export interface WavHeader {
  /** Samples a second of each channel. */
  readonly sampleRate: number;
  /** Channels, interleaved. */
  readonly channels: number;
  /** The speakers, a bit each, or 0 if the file does not name them. */
  readonly channelMask: number;
  /** How samples are stored, or nothing if it is a codec not read here. */
  readonly encoding: SampleEncoding | undefined;
  /** The codec's number: 1 for integers, 3 for floating point. */
  readonly formatTag: number;
  /** Bytes of one sample of every channel. */
  readonly frameSize: number;
  /** Where the samples begin in the file. */
  readonly dataOffset: number;
  /** How many frames the file really has. */
  readonly frameCount: number;
}

type SampleFormat = Omit<WavHeader, "dataOffset" | "frameCount">;

const BYTES: Record<SampleEncoding, number> = {
  u8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  alaw: 1,
  mulaw: 1,
};
const INTEGER_ENCODINGS: readonly (SampleEncoding | undefined)[] = [undefined, "u8", "s16", "s24", "s32"];
const EXTENSIBLE = 0xfffe;
/** What follows the codec's number in the GUID of an extensible format. */
const GUID_REST = "000000001000800000aa00389b71";
const UNKNOWN_SIZE = 0xffffffff;

/**
 * Reads the chunks of a WAV file up to its samples. Sizes that lead past the end mean the end, and a size of
 * 0 or 0xffffffff, as programs write that cannot seek back, means all that is there.
 *
 * @throws {AudioDecodeError} when the header is cut short, lies or has no samples behind it.
 */
export async function readWavHeader(input: AudioInput): Promise<WavHeader> {
  const magic = latin1(await input.read(0, 12));
  if (!/^(RIFF|RF64|BW64)[^]{4}WAVE$/.test(magic)) refuse(input, "its RIFF header is cut short or damaged");
  let format: SampleFormat | undefined;
  let longDataSize: number | undefined;
  let offset = 12;
  for (let chunks = 0; chunks < MAX_WAV_CHUNKS && offset + 8 <= input.size; chunks++) {
    const head = await input.read(offset, 8);
    const id = latin1(head.subarray(0, 4));
    const size = viewOf(head).getUint32(4, true);
    offset += 8;
    if (id === "fmt ") format = readFormat(input, await input.read(offset, Math.min(size, 40)));
    if (id === "ds64") longDataSize = readLongDataSize(input, await input.read(offset, Math.min(size, 16)));
    if (id === "data") {
      if (!format) refuse(input, "its samples come before their format");
      const stated = size === UNKNOWN_SIZE ? longDataSize ?? size : size;
      const dataSize = await realDataSize(input, offset, stated);
      return { ...format, dataOffset: offset, frameCount: Math.floor(dataSize / format.frameSize) };
    }
    offset += size + size % 2;
  }
  return refuse(input, `it has no ${format ? "data" : "fmt"} chunk`);
}

/**
 * Mixes whole frames to mono, full scale being 1. Values that are not finite become 0.
 *
 * @param weights What each channel counts: see `downmixWeights`.
 */
export function mixWavFrames(bytes: Uint8Array, header: WavHeader, weights: Float64Array): Float32Array {
  if (header.encoding === undefined) {
    throw new TypeError("Cannot mix WAV frames: their encoding is not known");
  }
  const read = sampleReader(header.encoding);
  const view = viewOf(bytes);
  const sampleSize = header.frameSize / header.channels;
  const mono = new Float32Array(Math.floor(bytes.length / header.frameSize));
  for (let frame = 0, at = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < weights.length; channel++, at += sampleSize) {
      sum += weights[channel] * read(view, at);
    }
    mono[frame] = sum;
  }
  return mono;
}

/** How messages name a codec that is not read here. */
export function codecName({ formatTag }: WavHeader): string {
  return `a WAV file with codec 0x${formatTag.toString(16).padStart(4, "0")}`;
}

function readFormat(input: AudioInput, chunk: Uint8Array): SampleFormat {
  if (chunk.length < 16) refuse(input, `its fmt chunk has ${chunk.length} bytes, at least 16 are needed`);
  const view = viewOf(chunk);
  const channels = view.getUint16(2, true);
  if (channels === 0) refuse(input, "its header says 0 channels");
  const sampleRate = view.getUint32(4, true);
  if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
    refuse(input, `its header says ${sampleRate} Hz, ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz are read`);
  }
  let formatTag = view.getUint16(0, true);
  let channelMask = 0;
  if (formatTag === EXTENSIBLE) {
    if (chunk.length < 40) refuse(input, "its extensible format is cut short");
    channelMask = view.getUint32(20, true);
    const rest = Array.from(chunk.subarray(26, 40), (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (rest === GUID_REST) formatTag = view.getUint16(24, true);
  }
  const encoding = encodingOf(formatTag, view.getUint16(14, true));
  // The block align of the header is not read: the channels and the bits say the same, or it lies.
  const frameSize = channels * (encoding ? BYTES[encoding] : 1);
  return { sampleRate, channels, channelMask, encoding, formatTag, frameSize };
}

function encodingOf(formatTag: number, bits: number): SampleEncoding | undefined {
  if (formatTag === 1) return INTEGER_ENCODINGS[Math.ceil(bits / 8)];
  if (formatTag === 3) return bits === 32 ? "f32" : bits === 64 ? "f64" : undefined;
  if (bits !== 8) return undefined;
  return formatTag === 6 ? "alaw" : formatTag === 7 ? "mulaw" : undefined;
}

function readLongDataSize(input: AudioInput, chunk: Uint8Array): number {
  if (chunk.length < 16) refuse(input, "its ds64 chunk is cut short");
  return Number(viewOf(chunk).getBigUint64(8, true));
}

async function realDataSize(input: AudioInput, offset: number, stated: number): Promise<number> {
  const rest = input.size - offset;
  if (stated > 0) return Math.min(stated, rest);
  const next = await input.read(offset, 8);
  const chunkFollows = next.length === 8 && /^[ -~]{4}/.test(latin1(next)) &&
    viewOf(next).getUint32(4, true) <= rest - 8;
  return chunkFollows ? 0 : rest;
}

function sampleReader(encoding: SampleEncoding): (view: DataView, at: number) => number {
  switch (encoding) {
    case "u8":
      return (view, at) => (view.getUint8(at) - 128) / 128;
    case "s16":
      return (view, at) => view.getInt16(at, true) / 32768;
    case "s24":
      return (view, at) => (view.getUint16(at, true) | view.getInt8(at + 2) << 16) / 8388608;
    case "s32":
      return (view, at) => view.getInt32(at, true) / 2147483648;
    case "f32":
      return (view, at) => finiteOrZero(view.getFloat32(at, true));
    case "f64":
      return (view, at) => finiteOrZero(Math.fround(view.getFloat64(at, true)));
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

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function refuse(input: AudioInput, what: string): never {
  throw new AudioDecodeError(`Cannot decode ${input.name}: ${what}`);
}

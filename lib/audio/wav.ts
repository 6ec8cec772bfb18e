/**
 * The header of a WAV file, believed only as far as bytes stand behind it.
 * After Microsoft's "Multiple Channel Audio Data and WAVE Files" and, for RF64, EBU Tech 3306. RIFX is the same
 * with every number big-endian; Wave64 (Sony) has 64-bit sizes, and 16 bytes for a chunk's name.
 */
import { viewOf } from "../bytes/data_view.ts";
import { AudioDecodeError } from "../errors.ts";
import { isSampleRate, MAX_FILE_SIZE, MAX_WAV_CHUNKS, whyNoSampleRate } from "./limits.ts";
import type { AudioInput } from "./input/audio_input.ts";
import { SAMPLE_BYTES, type SampleEncoding, type StoredSamples } from "./pcm/stored_samples.ts";

/** Thrown of a header that cannot be read. */
export class WavHeaderError extends AudioDecodeError {
  /** What is wrong with it: a sentence that begins with "it" or "its". */
  readonly why: string;
  /** Whether that is so for every program. */
  readonly isHopeless: boolean;

  /** Makes the error from the name of the file and what is wrong with it. */
  constructor(name: string, why: string, isHopeless: boolean) {
    super(`Cannot decode ${name}: ${why}`);
    this.why = why;
    this.isHopeless = isHopeless;
  }
}

/** What a WAV file holds and where. */
export interface WavHeader extends Omit<StoredSamples, "encoding" | "uncountedFrames"> {
  /** How samples are stored, or nothing if it is a codec not read here. */
  readonly encoding: SampleEncoding | undefined;
  /** The codec's number: 1 for integers, 3 for floating point. */
  readonly formatTag: number;
  /** How many frames the file really has; of a codec not read here, its bytes. */
  readonly frameCount: number;
  /** How many frames a codec's file says it has. */
  readonly statedFrames?: number;
}

/** What the format of a file tells, before its samples are found. */
type WavFormat =
  & Omit<WavHeader, "dataOffset" | "frameCount" | "statedFrames" | "missingFrames">
  & {
    /** Whether samples stand in more bytes than their bits need, so that their place in them must be found. */
    readonly isPadded: boolean;
  };

const INTEGER_ENCODINGS: readonly (SampleEncoding | undefined)[] = [undefined, "u8", "s16", "s24", "s32"];
const EXTENSIBLE = 0xfffe;
/** What follows the codec's number in the GUID of an extensible format, in either order of its bytes. */
const GUID_RESTS = ["00001000800000aa00389b71", "00000010800000aa00389b71"];
const UNKNOWN_SIZE = 0xffffffff;
/** Programs that write to a pipe state a size of about 2 or 4 GiB: it says nothing of what was to come. */
const PIPED_SIZES = [0x7f000000, 0x80000000, 0xff000000, UNKNOWN_SIZE] as const;
/** How many pieces of a file, and how many bytes of each, show where padded samples stand in their bytes. */
const PADDING_PIECES = 64;
const PADDING_PIECE_SIZE = 4096;

/**
 * Reads the chunks of a WAV file up to its samples. Sizes that lead past the end mean the end, and a size of
 * 0 or 0xffffffff, as programs write that cannot seek back, means all that is there.
 *
 * @throws {WavHeaderError} when the header is cut short, lies or has no samples behind it.
 */
export async function readWavHeader(input: AudioInput): Promise<WavHeader> {
  const magic = latin1(await input.read(0, 12));
  const isWave64 = magic.startsWith("riff\x2e\x91\xcf\x11");
  if (!isWave64 && !/^(RIFF|RIFX|RF64|BW64)[^]{4}WAVE$/.test(magic)) {
    refuse(input, "its RIFF header is cut short or damaged");
  }
  const bigEndian = magic.startsWith("RIFX");
  const headSize = isWave64 ? 24 : 8;
  let format: WavFormat | undefined;
  let longDataSize: number | undefined;
  let statedFrames: number | undefined;
  let offset = isWave64 ? 40 : 12;
  for (let chunks = 0; chunks < MAX_WAV_CHUNKS && offset + headSize <= input.size; chunks++) {
    const head = await input.read(offset, headSize);
    const id = latin1(head.subarray(0, 4));
    // Wave64 counts the head too.
    const size = isWave64
      ? Math.max(0, Number(viewOf(head).getBigUint64(16, true)) - headSize)
      : viewOf(head).getUint32(4, !bigEndian);
    offset += headSize;
    if (id === "fmt ") format = readFormat(input, await input.read(offset, Math.min(size, 40)), bigEndian);
    if (id === "ds64") longDataSize = readLongDataSize(input, await input.read(offset, Math.min(size, 16)));
    if (id === "fact" && size >= 4) statedFrames = readNumber(await input.read(offset, 4), bigEndian);
    if (id === "data") {
      if (!format) refuse(input, "its samples come before their format");
      const stated = size === UNKNOWN_SIZE ? longDataSize ?? size : size;
      const dataSize = await realDataSize(input, offset, stated, bigEndian);
      const frameCount = Math.floor(dataSize / format.frameSize);
      const { isPadded, ...rest } = format;
      const missing = isPipedSize(stated) ? 0 : Math.floor(stated / format.frameSize) - frameCount;
      const header = {
        ...rest,
        dataOffset: offset,
        frameCount,
        statedFrames,
        ...(missing > 0 && { missingFrames: missing }),
      };
      return isPadded ? { ...header, encoding: await paddedEncoding(input, header) } : header;
    }
    if (isWave64) offset += Math.ceil(size / 8) * 8;
    else offset += size + (size % 2 && !await isUnpadded(input, offset + size) ? 1 : 0);
  }
  return refuse(input, `it has no ${format ? "data" : "fmt"} chunk`);
}

function isPipedSize(size: number): boolean {
  const [from, to, again, most] = PIPED_SIZES;
  return (size >= from && size <= to) || (size >= again && size <= most) || size > MAX_FILE_SIZE;
}

/** A chunk of an odd size has a byte after it, which some programs forget. */
async function isUnpadded(input: AudioInput, end: number): Promise<boolean> {
  return ["fmt ", "data"].includes(latin1(await input.read(end, 4)));
}

/** How messages name a codec that is not read here. */
export function codecName({ formatTag }: WavHeader): string {
  return `a WAV file with codec 0x${formatTag.toString(16).padStart(4, "0")}`;
}

function readFormat(input: AudioInput, chunk: Uint8Array, bigEndian: boolean): WavFormat {
  if (chunk.length < 16) refuse(input, `its fmt chunk has ${chunk.length} bytes, at least 16 are needed`);
  const view = viewOf(chunk);
  const channels = view.getUint16(2, !bigEndian);
  if (channels === 0) refuse(input, "its header says 0 channels");
  const sampleRate = view.getUint32(4, !bigEndian);
  if (!isSampleRate(sampleRate)) refuse(input, whyNoSampleRate(sampleRate), sampleRate === 0);
  let formatTag = view.getUint16(0, !bigEndian);
  let channelMask = 0;
  if (formatTag === EXTENSIBLE) {
    if (chunk.length < 40) refuse(input, "its extensible format is cut short");
    channelMask = view.getUint32(20, !bigEndian);
    const rest = Array.from(chunk.subarray(28, 40), (byte) => byte.toString(16).padStart(2, "0")).join("");
    // Of its 32 bits the number fills 16; SoX turns only those around in a big-endian file.
    if (GUID_RESTS.includes(rest)) {
      formatTag = view.getUint16(24, !bigEndian) || view.getUint16(26, !bigEndian);
    }
  }
  const bits = view.getUint16(14, !bigEndian);
  // Cool Edit marks its floating point by an extension of one number.
  const isCoolEdit = formatTag === 1 && bits === 32 && chunk.length >= 20 &&
    view.getUint16(16, !bigEndian) === 2 && view.getUint16(18, !bigEndian) === 1;
  const encoding = isCoolEdit ? "f16" : encodingOf(formatTag, bits);
  const sampleSize = encoding ? SAMPLE_BYTES[encoding] : 1;
  const stated = view.getUint16(12, !bigEndian) / channels;
  // Two of three numbers decide about padding: the bits of a sample, and the bytes of a frame and of a second.
  const isPadded = formatTag === 1 && sampleSize > 1 && [3, 4].includes(stated) && stated > sampleSize &&
    view.getUint32(8, !bigEndian) === stated * channels * sampleRate;
  const frameSize = channels * (isPadded ? stated : sampleSize);
  return { sampleRate, channels, channelMask, encoding, formatTag, bigEndian, frameSize, isPadded };
}

/**
 * Tells by samples from all over the file where in their bytes they stand: in the upper ones, as Microsoft says,
 * in the lower ones with the sign before them, or, as 24 bits in 4 bytes, as Cool Edit's floating point.
 */
async function paddedEncoding(input: AudioInput, header: WavHeader): Promise<SampleEncoding> {
  const { encoding, frameSize, channels, bigEndian, dataOffset, frameCount } = header;
  const size = frameSize / channels, own = SAMPLE_BYTES[encoding!], padding = size - own;
  const sample = new Uint8Array(size);
  const view = new DataView(sample.buffer);
  let isLower = true, isUpper = true, isHigher = true, isFloat = own === 3 && size === 4;
  for (let piece = 0; piece < PADDING_PIECES; piece++) {
    const offset = Math.floor(frameCount * piece / PADDING_PIECES) * frameSize;
    // What follows the samples is none.
    const length = Math.min(PADDING_PIECE_SIZE, frameCount * frameSize - offset);
    const bytes = await input.read(dataOffset + offset, length);
    for (let at = 0; at + size <= bytes.length; at += size) {
      for (let i = 0; i < size; i++) sample[bigEndian ? size - 1 - i : i] = bytes[at + i];
      const sign = sample[own - 1] & 0x80 ? 0xff : 0;
      for (let i = own; i < size; i++) isLower &&= sample[i] === sign;
      for (let i = 0; i < padding; i++) isUpper &&= sample[i] === 0;
      isHigher &&= isUpper && sample[padding] === 0;
      if (isFloat) {
        const value = Math.abs(view.getFloat32(0, true));
        isFloat = value === 0 || (value >= 2 ** -32 && value <= 2 ** 24);
      }
    }
  }
  // Quiet samples in the upper bytes look like ones in the lower bytes that were made from fewer bits.
  if (isLower && !isHigher) return encoding!;
  if (isFloat && !isUpper) return "f24";
  return size === 3 ? "s24" : "s32";
}

function encodingOf(formatTag: number, bits: number): SampleEncoding | undefined {
  if (formatTag === 1) return INTEGER_ENCODINGS[Math.ceil(bits / 8)];
  if (formatTag === 3) return bits === 32 ? "f32" : bits === 64 ? "f64" : undefined;
  if (bits !== 8) return undefined;
  return formatTag === 6 ? "alaw" : formatTag === 7 ? "mulaw" : undefined;
}

function readNumber(bytes: Uint8Array, bigEndian: boolean): number | undefined {
  return bytes.length < 4 ? undefined : viewOf(bytes).getUint32(0, !bigEndian);
}

function readLongDataSize(input: AudioInput, chunk: Uint8Array): number {
  if (chunk.length < 16) refuse(input, "its ds64 chunk is cut short");
  return Number(viewOf(chunk).getBigUint64(8, true));
}

async function realDataSize(
  input: AudioInput,
  offset: number,
  stated: number,
  bigEndian: boolean,
): Promise<number> {
  const rest = input.size - offset;
  if (stated > 0) return Math.min(stated, rest);
  const next = await input.read(offset, 8);
  const chunkFollows = next.length === 8 && /^[ -~]{4}/.test(latin1(next)) &&
    viewOf(next).getUint32(4, !bigEndian) <= rest - 8;
  return chunkFollows ? 0 : rest;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function refuse(input: AudioInput, what: string, isHopeless = true): never {
  throw new WavHeaderError(input.name, what, isHopeless);
}

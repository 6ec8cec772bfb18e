/**
 * Core Audio files whose samples are stored as numbers, A-law and µ-law among them. After Apple's "Core Audio Format
 * Specification 1.0".
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { isSampleRate } from "../limits.ts";
import {
  floatingEncoding,
  isChannelCount,
  readChannelMask,
  type SampleFormat,
  signedEncoding,
} from "./linear_pcm.ts";
import { SAMPLE_BYTES, type StoredSamples } from "./stored_samples.ts";

/** Chunks looked at: real files have less than twenty. */
const MAX_CHUNKS = 1000;
const HEAD_SIZE = 12;
const DESCRIPTION_SIZE = 32;
/** Flags of a description. */
const IS_FLOATING = 1, IS_LITTLE_ENDIAN = 2;
/** Before the samples, how often the file was edited. */
const EDIT_COUNT_SIZE = 4;

/** What a chunk of description says. */
interface Description extends SampleFormat {
  readonly sampleRate: number;
  readonly channels: number;
}

/** Finds the samples of a Core Audio file, or gives nothing where they are stored otherwise or the file is damaged. */
export async function readCafSamples(input: AudioInput): Promise<StoredSamples | undefined> {
  let description: Description | undefined;
  let data: { readonly start: number; readonly length: number } | undefined;
  let channelMask = 0;
  for (let offset = 8, chunks = 0; chunks < MAX_CHUNKS && offset + HEAD_SIZE <= input.size; chunks++) {
    const head = viewOf(await input.read(offset, HEAD_SIZE));
    const type = nameAt(head, 0), length = Number(head.getBigInt64(4));
    const start = offset + HEAD_SIZE;
    if (type === "desc") description = readDescription(viewOf(await input.read(start, DESCRIPTION_SIZE)));
    if (type === "chan") channelMask = readChannelMask(viewOf(await input.read(start, 8)));
    // A program that does not know yet how much will come writes -1: all that there is.
    if (type === "data") data ??= { start, length: length < 0 ? input.size - start : length };
    if (length < 0) break;
    offset = start + length;
  }
  if (description === undefined || data === undefined) return undefined;
  const { channels, encoding } = description;
  const frameSize = channels * SAMPLE_BYTES[encoding];
  const framesIn = (bytes: number) => Math.max(0, Math.floor((bytes - EDIT_COUNT_SIZE) / frameSize));
  const frameCount = framesIn(Math.min(data.length, input.size - data.start));
  if (frameCount === 0) return undefined;
  const missing = framesIn(data.length) - frameCount;
  return {
    ...description,
    channelMask,
    frameSize,
    dataOffset: data.start + EDIT_COUNT_SIZE,
    frameCount,
    ...(missing > 0 && { missingFrames: missing }),
  };
}

function readDescription(chunk: DataView): Description | undefined {
  if (chunk.byteLength < DESCRIPTION_SIZE) return undefined;
  const sampleRate = Math.round(chunk.getFloat64(0));
  const format = readFormat(nameAt(chunk, 8), chunk.getUint32(12), chunk.getUint32(28));
  const packetSize = chunk.getUint32(16), packetFrames = chunk.getUint32(20), channels = chunk.getUint32(24);
  // Padded samples and more than one frame a packet are left to others.
  if (format === undefined || !isChannelCount(channels) || packetFrames !== 1) return undefined;
  if (packetSize !== channels * SAMPLE_BYTES[format.encoding]) return undefined;
  if (!isSampleRate(sampleRate)) return undefined;
  return { ...format, sampleRate, channels };
}

function readFormat(codec: string, flags: number, bits: number): SampleFormat | undefined {
  if (codec === "alaw") return { encoding: "alaw", bigEndian: true };
  if (codec === "ulaw") return { encoding: "mulaw", bigEndian: true };
  if (codec !== "lpcm") return undefined;
  const encoding = flags & IS_FLOATING ? floatingEncoding(bits) : signedEncoding(bits);
  return encoding && { encoding, bigEndian: (flags & IS_LITTLE_ENDIAN) === 0 };
}

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

/**
 * How a QuickTime or MP4 file describes samples that are stored as numbers, A-law and µ-law among them. After Apple's
 * "QuickTime File Format", "Sound Sample Descriptions", and for MP4 ISO/IEC 23003-5.
 */
import { isSampleRate } from "../limits.ts";
import type { Box, BoxReader } from "../wasm/mp4_boxes.ts";
import {
  floatingEncoding,
  isChannelCount,
  readChannelMask,
  type SampleFormat,
  signedEncoding,
} from "./linear_pcm.ts";
import { SAMPLE_BYTES, type SampleEncoding } from "./stored_samples.ts";

/** What a description says. */
export interface SoundDescription extends SampleFormat {
  readonly sampleRate: number;
  readonly channels: number;
  readonly channelMask: number;
}

/** A description's own fields, of whichever version. */
interface Fields {
  readonly channels: number;
  readonly sampleRate: number;
  /** Of a sample. */
  readonly bits: number;
  /** Of the second version: what `lpcm` is. */
  readonly flags: number;
  /** Bytes of a frame, where they are said. */
  readonly frameSize: number | undefined;
  /** Where the boxes behind the fields begin. */
  readonly size: number;
}

/** Bytes of the fields, by version. */
const FIELD_SIZES = [28, 44, 64];
/** Flags of `lpcm`. */
const IS_FLOATING = 1, IS_BIG_ENDIAN = 2, IS_SIGNED = 4;

/** The codecs by their four letters: how a sample is stored, by its bits where the letters do not say it. */
const CODECS: ReadonlyMap<string, (bits: number) => SampleEncoding | undefined> = new Map([
  ["raw ", unsignedOrWide],
  ["NONE", unsignedOrWide],
  ["twos", signedEncoding],
  ["sowt", signedEncoding],
  ["in24", () => "s24"],
  ["in32", () => "s32"],
  ["fl32", () => "f32"],
  ["fl64", () => "f64"],
  ["alaw", () => "alaw"],
  ["ulaw", () => "mulaw"],
]);

/** Those whose fields and boxes say how a sample is stored. */
const DESCRIBED_CODECS: readonly string[] = ["lpcm", "ipcm", "fpcm"];

/** Whether samples of a codec are stored as numbers. */
export function isStoredCodec(codec: string): boolean {
  return CODECS.has(codec) || DESCRIBED_CODECS.includes(codec);
}

/** One byte is unsigned, two are not. */
function unsignedOrWide(bits: number): SampleEncoding | undefined {
  return bits === 8 ? "u8" : signedEncoding(bits);
}

/** Reads a description, or gives nothing where it is of another codec, or damaged. */
export async function readSoundDescription(
  reader: BoxReader,
  entry: Box,
): Promise<SoundDescription | undefined> {
  const fields = readFields(await reader.view(entry.start, FIELD_SIZES[2]));
  if (fields === undefined) return undefined;
  const { channels, sampleRate, frameSize } = fields;
  const boxes = { ...entry, start: entry.start + fields.size };
  const format = await readFormat(reader, entry.type, fields, boxes);
  if (format === undefined || !isChannelCount(channels)) return undefined;
  if (!isSampleRate(sampleRate)) return undefined;
  // Padded samples are left to others.
  if (frameSize !== undefined && frameSize !== channels * SAMPLE_BYTES[format.encoding]) return undefined;
  const layout = await reader.find(boxes, "chan");
  const channelMask = layout ? readChannelMask(await reader.view(layout.start + 4, 8)) : 0;
  return { ...format, channels, sampleRate, channelMask };
}

function readFields(view: DataView): Fields | undefined {
  if (view.byteLength < FIELD_SIZES[0]) return undefined;
  const version = view.getUint16(8);
  const size = FIELD_SIZES[version];
  if (size === undefined || view.byteLength < size) return undefined;
  if (version === 2) {
    return {
      sampleRate: Math.round(view.getFloat64(32)),
      channels: view.getUint32(40),
      bits: view.getUint32(48),
      flags: view.getUint32(52),
      frameSize: view.getUint32(56),
      size,
    };
  }
  // The first version says 16 bits of all that is wider, and the bytes behind that.
  const bits = version === 1 ? 8 * view.getUint32(32) : view.getUint16(18);
  return {
    channels: view.getUint16(16),
    sampleRate: view.getUint16(24),
    bits,
    flags: 0,
    frameSize: undefined,
    size,
  };
}

async function readFormat(
  reader: BoxReader,
  codec: string,
  { bits, flags }: Fields,
  boxes: Box,
): Promise<SampleFormat | undefined> {
  if (codec === "ipcm" || codec === "fpcm") {
    const box = await reader.find(boxes, "pcmC");
    const view = box && await reader.view(box.start + 4, 2);
    if (!view || view.byteLength < 2) return undefined;
    const encoding = (codec === "ipcm" ? signedEncoding : floatingEncoding)(view.getUint8(1));
    return encoding && { encoding, bigEndian: (view.getUint8(0) & 1) === 0 };
  }
  if (codec === "lpcm") {
    const encoding = flags & IS_FLOATING
      ? floatingEncoding(bits)
      : flags & IS_SIGNED
      ? signedEncoding(bits)
      : bits === 8
      ? "u8"
      : undefined;
    return encoding && { encoding, bigEndian: (flags & IS_BIG_ENDIAN) !== 0 };
  }
  const encoding = CODECS.get(codec)?.(bits);
  if (encoding === undefined) return undefined;
  return { encoding, bigEndian: codec !== "sowt" && !await isTurnedRound(reader, boxes) };
}

/** Whether a box says that samples are little-endian, which is the exception. */
async function isTurnedRound(reader: BoxReader, boxes: Box): Promise<boolean> {
  const box = await reader.find(boxes, "wave", "enda") ?? await reader.find(boxes, "enda");
  const view = box && await reader.view(box.start, 2);
  return view !== undefined && view.byteLength === 2 && view.getUint16(0) === 1;
}

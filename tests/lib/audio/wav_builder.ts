/** Builds WAV files for tests: honest ones, and ones that lie in a single field. */

/** What to put in the file; everything has an honest default. */
export interface WavFields {
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly formatTag?: number;
  readonly blockAlign?: number;
  /** The bytes a second that the header states. */
  readonly byteRate?: number;
  /** Put at the end of the format. */
  readonly extension?: Uint8Array;
  /** Makes the format extensible, with this channel mask. */
  readonly channelMask?: number;
  /** Put between the format and the samples. */
  readonly before?: Uint8Array;
  /** Put behind the samples. */
  readonly after?: Uint8Array;
  /** The size the data chunk states. */
  readonly dataSize?: number;
  readonly magic?: string;
}

/** Builds a WAV file around the bytes of its samples. */
export function buildWav(data: Uint8Array, fields: WavFields = {}): Uint8Array<ArrayBuffer> {
  const { dataSize = data.length, before = bytes(), after = bytes() } = fields;
  const body = concat(
    text("WAVE"),
    chunk("fmt ", formatChunk(fields)),
    before,
    text("data"),
    u32(dataSize),
    data,
    after,
  );
  return concat(text(fields.magic ?? "RIFF"), u32(body.length), body);
}

function formatChunk(fields: WavFields): Uint8Array {
  const { sampleRate = 16000, channels = 1, bits = 16, formatTag = 1, channelMask } = fields;
  const frameSize = Math.ceil(bits / 8) * channels;
  const common = concat(
    u16(channels),
    u32(sampleRate),
    u32(fields.byteRate ?? sampleRate * frameSize),
    u16(fields.blockAlign ?? frameSize),
    u16(bits),
  );
  if (channelMask === undefined) return concat(u16(formatTag), common, fields.extension ?? bytes());
  const guid = Uint8Array.fromHex("000000001000800000aa00389b71");
  return concat(u16(0xfffe), common, u16(22), u16(bits), u32(channelMask), u16(formatTag), guid);
}

/** A chunk with its size, padded to an even length. */
export function chunk(id: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(text(id), u32(data.length), data, new Uint8Array(data.length % 2));
}

/** Samples of 16 bits. */
export function int16(...values: number[]): Uint8Array {
  return new Uint8Array(Int16Array.from(values).buffer);
}

/** Samples of 32-bit floating point. */
export function float32(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** Samples of 64-bit floating point. */
export function float64(...values: number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

/** Bytes. */
export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** Latin-1 text. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

/** A 16-bit number, little-endian. */
export function u16(value: number): Uint8Array {
  return bytes(value & 255, value >>> 8 & 255);
}

/** A 32-bit number, little-endian. */
export function u32(value: number): Uint8Array {
  return bytes(value & 255, value >>> 8 & 255, value >>> 16 & 255, value >>> 24);
}

/** Joins bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

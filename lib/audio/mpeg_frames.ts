/**
 * Where frames of MPEG audio or raw AAC begin in bytes that begin otherwise: a stream of a radio station that was taken
 * up in the middle, a file with padding or a tag before its sound. After ISO/IEC 11172-3, section 2.4.2.3, 14496-3,
 * section 1.A.3, and "ID3 tag version 2.4.0 - Main Structure", section 3.
 */

import type { AudioInput } from "./input/audio_input.ts";

/** Frames that were found. */
export interface FoundFrames {
  /** As in `format.ts`. */
  readonly id: "mp3" | "aac";
  readonly name: string;
  /** Where the first begins. */
  readonly offset: number;
}

/** How many bytes {@linkcode findFrames} wants to see, if there are as many. */
export const FRAMES_SEARCHED = 1 << 16;

/** So many frames in a row, all of one kind, are no chance. */
const ROW = 5;

/** What a frame's header says. */
export interface Frame {
  readonly length: number;
  /** The same for all frames of a recording. */
  readonly kind: string;
}

/** Finds the first of several frames in a row. */
export function findFrames(bytes: Uint8Array): FoundFrames | undefined {
  for (let offset = 0; offset + 6 <= bytes.length; offset++) {
    if (bytes[offset] !== 0xff) continue;
    if (isRow(bytes, offset, mpegFrame)) return { id: "mp3", name: "an MP3 stream", offset };
    if (isRow(bytes, offset, adtsFrame)) return { id: "aac", name: "an AAC stream", offset };
  }
}

/** Whether frames of MPEG audio begin at an offset, one behind the other. */
export function isMpegRow(bytes: Uint8Array, offset: number): boolean {
  return isRow(bytes, offset, mpegFrame);
}

type ReadFrame = (bytes: Uint8Array, offset: number) => Frame | undefined;

function isRow(bytes: Uint8Array, offset: number, read: ReadFrame): boolean {
  const first = read(bytes, offset);
  let at = offset;
  for (let frames = 0; frames < ROW; frames++) {
    const frame = read(bytes, at);
    if (frame === undefined || frame.kind !== first?.kind) return false;
    at += frame.length;
  }
  return true;
}

/** Kilobits a second by index: of MPEG-1's layers 1, 2 and 3, and of MPEG-2's layers 1, and 2 and 3. */
const BITRATES: readonly (readonly number[])[] = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
const SAMPLE_RATES = [44100, 48000, 32000];

/** Reads the header of a frame of MPEG audio at an offset, if there is one whose length is known. */
export function mpegFrame(bytes: Uint8Array, offset: number): Frame | undefined {
  const [first, second, third] = bytes.subarray(offset, offset + 3);
  if (first !== 0xff || second < 0xe0 || third === undefined) return undefined;
  // 0 is MPEG-2.5, 2 MPEG-2, 3 MPEG-1.
  const version = second >> 3 & 3, layer = 4 - (second >> 1 & 3);
  const rate = SAMPLE_RATES[third >> 2 & 3];
  if (version === 1 || layer === 4 || rate === undefined) return undefined;
  const isFirst = version === 3;
  const bitrate = BITRATES[isFirst ? layer - 1 : layer === 1 ? 3 : 4][third >> 4];
  // Of 0, which lets the encoder choose, the length is not known.
  if (!bitrate) return undefined;
  const sampleRate = rate / [4, 1, 2, 1][version];
  const padding = third >> 1 & 1;
  const length = layer === 1
    ? 4 * (Math.floor(12_000 * bitrate / sampleRate) + padding)
    : Math.floor((layer === 3 && !isFirst ? 72_000 : 144_000) * bitrate / sampleRate) + padding;
  return { length, kind: `${version} ${layer} ${rate}` };
}

function adtsFrame(bytes: Uint8Array, offset: number): Frame | undefined {
  const header = bytes.subarray(offset, offset + 6);
  if (header.length < 6 || header[0] !== 0xff || (header[1] & 0xf6) !== 0xf0) return undefined;
  const length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5;
  // The sample rate has 13 values; the header alone has seven bytes.
  if ((header[2] >> 2 & 15) > 12 || length < 7) return undefined;
  return { length, kind: `${header[1]} ${header[2]}` };
}

/** The bytes of a tag's head. */
export const TAG_HEAD = 10;

/** Tells where the tag ends that a file begins with, by its own account; 0 if it begins with none. */
export async function endOfTag(input: Pick<AudioInput, "read">): Promise<number> {
  return tagLength(await input.read(0, TAG_HEAD));
}

/** The bytes of the tag that its head says; 0 if it is none. */
export function tagLength(head: Uint8Array): number {
  if (head.length < TAG_HEAD || String.fromCharCode(...head.subarray(0, 3)) !== "ID3") return 0;
  // Seven bits a byte.
  return TAG_HEAD + head.subarray(6, TAG_HEAD).reduce((size, byte) => size << 7 | byte & 0x7f, 0);
}

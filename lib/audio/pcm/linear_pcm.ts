/** How Apple describes samples that are stored as numbers, in Core Audio files and in QuickTime's. */
import type { SampleEncoding } from "./stored_samples.ts";

/** How samples are stored. */
export interface SampleFormat {
  readonly encoding: SampleEncoding;
  readonly bigEndian: boolean;
}

const SIGNED: Readonly<Record<number, SampleEncoding>> = { 8: "s8", 16: "s16", 24: "s24", 32: "s32" };
const FLOATING: Readonly<Record<number, SampleEncoding>> = { 32: "f32", 64: "f64" };

/** Tells the encoding of signed integers, or nothing where there is none of so many bits. */
export function signedEncoding(bits: number): SampleEncoding | undefined {
  return SIGNED[bits];
}

/** Tells the encoding of floating point, or nothing where there is none of so many bits. */
export function floatingEncoding(bits: number): SampleEncoding | undefined {
  return FLOATING[bits];
}

/** Whether there may be so many channels: no more than a WAV file can count. */
export function isChannelCount(channels: number): boolean {
  return channels > 0 && channels <= 0xffff;
}

/** The tag of a layout of channels that has a bit for each speaker behind it. */
const HAS_BITMAP = 0x10000;

/** Reads the speakers from a layout of channels, a bit each; 0 where it says them otherwise. */
export function readChannelMask(layout: DataView): number {
  return layout.byteLength >= 8 && layout.getUint32(0) === HAS_BITMAP ? layout.getUint32(4) : 0;
}

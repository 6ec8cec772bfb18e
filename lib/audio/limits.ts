/**
 * Limits on audio, each with its reason: a header that lies must not cost more than the bytes behind it.
 */

import { AudioDecodeError } from "../errors.ts";

/** Longest recording, in seconds: a day. Its spectrogram, 2.8 GB, is near what one typed array can hold. */
export const MAX_SECONDS = 24 * 60 * 60;

/** Lowest sample rate: speech is gone long before, and one byte becomes 16 samples at most. */
export const MIN_SAMPLE_RATE = 1000;

/** Highest sample rate: twice that of the fastest PCM format in use, 768 kHz. */
export const MAX_SAMPLE_RATE = 1_536_000;

/**
 * No file is longer, in bytes: a size beyond it is a lie, or what a program writes that does not know yet, the largest
 * number of 64 bits.
 */
export const MAX_FILE_SIZE = 2 ** 50;

/** Whether a sample rate is one that is read. */
export function isSampleRate(sampleRate: number): boolean {
  return sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE;
}

/** Says why another one is not. */
export function whyNoSampleRate(sampleRate: number): string {
  return `its header says ${sampleRate} Hz, ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz are read`;
}

/** Most chunks before the samples of a WAV file: real files have less than twenty. */
export const MAX_WAV_CHUNKS = 1000;

/** What is thrown of a longer one. */
export function tooLong(name: string): AudioDecodeError {
  return new AudioDecodeError(`Cannot decode ${name}: it is longer than ${MAX_SECONDS / 3600} hours`);
}

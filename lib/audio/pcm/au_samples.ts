/** AU files of samples stored as numbers, µ-law and A-law among them. After the header of SunOS, `audio_filehdr.h`. */
import { viewOf } from "../../bytes/data_view.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { isSampleRate } from "../limits.ts";
import { isChannelCount } from "./linear_pcm.ts";
import { SAMPLE_BYTES, type SampleEncoding, type StoredSamples } from "./stored_samples.ts";

/** Magic, offset and size of the samples, encoding, sample rate and channels. */
const HEAD_SIZE = 24;
/** The size that a program writes which does not know it yet. */
const UNKNOWN_SIZE = 0xffffffff;

const ENCODINGS: Readonly<Record<number, SampleEncoding>> = {
  1: "mulaw",
  2: "s8",
  3: "s16",
  4: "s24",
  5: "s32",
  6: "f32",
  7: "f64",
  27: "alaw",
};

/** Finds the samples of an AU file, or gives nothing where they are stored otherwise or the file is damaged. */
export async function readAuSamples(input: AudioInput): Promise<StoredSamples | undefined> {
  const bytes = await input.read(0, HEAD_SIZE);
  if (bytes.length < HEAD_SIZE) return undefined;
  const head = viewOf(bytes);
  const [dataOffset, size, number, sampleRate, channels] = [4, 8, 12, 16, 20].map((at) => head.getUint32(at));
  const encoding = ENCODINGS[number];
  if (encoding === undefined || dataOffset < HEAD_SIZE || !isChannelCount(channels)) return undefined;
  if (!isSampleRate(sampleRate)) return undefined;
  const frameSize = channels * SAMPLE_BYTES[encoding];
  const there = Math.floor((input.size - dataOffset) / frameSize);
  const stated = size === UNKNOWN_SIZE ? there : Math.floor(size / frameSize);
  const frameCount = Math.min(there, stated);
  if (frameCount <= 0) return undefined;
  return {
    sampleRate,
    channels,
    channelMask: 0,
    encoding,
    bigEndian: true,
    frameSize,
    dataOffset,
    frameCount,
    ...(stated > frameCount && { missingFrames: stated - frameCount }),
  };
}

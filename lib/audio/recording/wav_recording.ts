/** Samples that are stored as numbers, in a WAV file or another, read piece by piece. */
import { TimeSlice } from "../../async/time_slice.ts";
import { channelWeights } from "../downmix.ts";
import { MAX_SECONDS, tooLong } from "../limits.ts";
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";
import { Resampler } from "../resample.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { mixFrames, type StoredSamples } from "../pcm/stored_samples.ts";
import type { Hearing, PieceOptions, Recording } from "./recording.ts";

/**
 * Makes a recording of a WAV file, or another of such samples, which it disposes.
 *
 * Differs from whisper: samples keep the precision they have, where whisper rounds all to 16 bits. Those of
 * 16 bits, mono and 16 kHz are the same.
 *
 * @param header Of an encoding that is read here.
 * @throws {AudioDecodeError} when it is too long.
 */
export function wavRecording(input: AudioInput, header: StoredSamples): Recording {
  if (header.frameCount > MAX_SECONDS * header.sampleRate) {
    throw tooLong(input.name);
  }
  return {
    name: input.name,
    channels: header.channels,
    countChannels: () => Promise.resolve(header.channels),
    pieces: (hearing, options) => piecesOf(input, header, hearing, options),
    [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
  };
}

async function* piecesOf(
  input: AudioInput,
  header: StoredSamples,
  hearing: Hearing,
  { signal, onWarning }: PieceOptions = {},
): AsyncGenerator<Float32Array> {
  const { frameCount, missingFrames, uncountedFrames } = header;
  const seconds = (frames: number) => (frames / header.sampleRate).toFixed(1);
  if (missingFrames !== undefined) {
    const [missing, stated] = [missingFrames, missingFrames + frameCount].map(seconds);
    onWarning?.(`${input.name} is damaged, ${missing} of the ${stated} s of its header cannot be read`);
  }
  if (uncountedFrames !== undefined) {
    const [stated, all] = [frameCount - uncountedFrames, frameCount].map(seconds);
    onWarning?.(`${input.name} goes on after the ${stated} s of its header: all ${all} s are heard`);
  }
  const weights = channelWeights(hearing, header.channels, header.channelMask);
  const resampler = header.sampleRate === SAMPLE_RATE
    ? undefined
    : new Resampler(header.sampleRate, SAMPLE_RATE);
  const slice = new TimeSlice(signal);
  for await (const mono of readMono(input, header, weights)) {
    // Before the first piece too: many recordings may come in one turn of the event loop.
    await slice.pause();
    yield toFullScale(resampler ? resampler.push(mono) : mono);
  }
  if (resampler) yield toFullScale(resampler.finish());
}

/** Reads the samples of a WAV file mixed to mono, half a second or less at a time. */
async function* readMono(
  input: AudioInput,
  header: StoredSamples,
  weights: Float64Array,
): AsyncGenerator<Float32Array> {
  const { sampleRate, frameSize, frameCount, dataOffset } = header;
  const pieceLength = Math.max(1, Math.min(sampleRate >> 1, Math.floor((1 << 18) / frameSize)));
  // One piece after the other in the same memory: a long recording would leave much to be collected.
  const buffer = new Uint8Array(pieceLength * frameSize), mono = new Float32Array(pieceLength);
  for (let frame = 0; frame < frameCount; frame += pieceLength) {
    const count = Math.min(pieceLength, frameCount - frame);
    const bytes = await input.read(dataOffset + frame * frameSize, count * frameSize, buffer);
    yield mixFrames(bytes, header, weights, mono);
    // The file has become shorter since its size was asked.
    if (bytes.length < count * frameSize) return;
  }
}

function toFullScale(samples: Float32Array): Float32Array {
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-1, Math.min(1, samples[i]));
  return samples;
}

/** Packets of a recording to mono samples at 16 kHz. */
import { AudioDecodeError } from "../../errors.ts";
import { channelWeights } from "../downmix.ts";
import { isSampleRate, whyNoSampleRate } from "../limits.ts";
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";
import type { Hearing } from "../recording/recording.ts";
import { Resampler } from "../resample.ts";
import { OpenError } from "./compressed_recording.ts";
import type { Edit } from "./mp4_edits.ts";

/** Frames that are resampled at once. */
const BLOCK = 16384;
/** How often a chained file may change its sample rate: each time, filters are designed. */
const MAX_RATE_CHANGES = 100;

/** How a packet's samples lie in memory. */
export interface PacketShape {
  readonly sampleRate: number;
  readonly channels: number;
  readonly channelMask: number;
}

/** Mixes packets to mono, cuts them and resamples them. Their shape may change on the way, as in a chained Ogg file. */
export class MonoTrack {
  readonly #name: string;
  readonly #edit: Edit | undefined;
  readonly #hearing: Hearing;
  #rates = 0;
  #shape: PacketShape | undefined;
  #weights: Float64Array = new Float64Array(0);
  #resampler: Resampler | undefined;
  /** Mixed frames that wait for more: a packet may have a single one. */
  readonly #block = new Float32Array(BLOCK);
  #filled = 0;
  /** Seconds decoded. */
  seconds = 0;

  constructor(name: string, edit: Edit | undefined, hearing: Hearing) {
    this.#name = name;
    this.#edit = edit;
    this.#hearing = hearing;
  }

  /** Whether packets of a shape can be taken; else it has to `turnTo` it first. */
  takes({ sampleRate, channels, channelMask }: PacketShape): boolean {
    const shape = this.#shape;
    return shape?.sampleRate === sampleRate && shape.channels === channels &&
      shape.channelMask === channelMask;
  }

  /** Makes itself ready for packets of a shape, and gives what waited if their sample rate is another. */
  *turnTo({ sampleRate, channels, channelMask }: PacketShape): Generator<Float32Array> {
    if (this.#shape?.sampleRate !== sampleRate) {
      this.#checkRate(sampleRate);
      yield* this.finish();
      if (sampleRate !== SAMPLE_RATE) this.#resampler = new Resampler(sampleRate, SAMPLE_RATE);
    }
    this.#weights = channelWeights(this.#hearing, channels, channelMask);
    this.#shape = { sampleRate, channels, channelMask };
  }

  /**
   * Takes the frames of a packet from `start` on, as many as there is room for. Not a generator of what they give: most
   * packets give nothing, and each would leave a hundred times its state as garbage.
   *
   * @returns The first frame that it did not take.
   */
  take(samples: Float32Array, start: number): number {
    const { channels, sampleRate } = this.#shape!;
    const frames = Math.min(samples.length / channels - start, BLOCK - this.#filled);
    const [from, to] = this.#heard(frames, sampleRate);
    this.#mix(samples, channels, start + from, start + to);
    this.seconds += frames / sampleRate;
    return start + frames;
  }

  /** Whether there is no room for another frame. */
  get isFull(): boolean {
    return this.#filled === BLOCK;
  }

  /** Gives the rest. */
  *finish(): Generator<Float32Array> {
    if (this.#filled > 0) yield this.flush();
    if (this.#resampler) yield clip(this.#resampler.finish());
    this.#resampler = undefined;
  }

  /** Gives what was taken, in memory that the next call overwrites. */
  flush(): Float32Array {
    const mono = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    return clip(this.#resampler ? this.#resampler.push(mono) : mono);
  }

  #checkRate(sampleRate: number): void {
    if (!isSampleRate(sampleRate)) {
      const why = whyNoSampleRate(sampleRate);
      if (this.#rates === 0) throw new OpenError("damaged", why);
      throw new AudioDecodeError(`Cannot decode ${this.#name}: ${why}`);
    }
    if (this.#rates++ === MAX_RATE_CHANGES) {
      throw new AudioDecodeError(`Cannot decode ${this.#name}: its sample rate changes again and again`);
    }
  }

  /** Which of the next frames are to be heard. */
  #heard(frames: number, sampleRate: number): [from: number, to: number] {
    if (this.#edit === undefined) return [0, frames];
    const { start, duration = Infinity } = this.#edit;
    const within = (seconds: number) =>
      Math.max(0, Math.min(frames, Math.round((seconds - this.seconds) * sampleRate)));
    return [within(start), within(start + duration)];
  }

  /** Mixes frames into the block. */
  #mix(samples: Float32Array, channels: number, from: number, to: number): void {
    const weights = this.#weights, block = this.#block;
    let filled = this.#filled;
    if (channels === 2) {
      // Not by destructuring: Bun takes four times as long then.
      const left = weights[0], right = weights[1];
      for (let at = 2 * from; at < 2 * to; at += 2) {
        block[filled++] = left * samples[at] + right * samples[at + 1];
      }
      this.#filled = filled;
      return;
    }
    for (let frame = from, at = from * channels; frame < to; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += weights[channel] * samples[at++];
      block[filled++] = sum;
    }
    this.#filled = filled;
  }
}

/** Brings samples to full scale, as whisper's 16-bit ones are; a decoder may overshoot, or give what is no number. */
function clip(samples: Float32Array): Float32Array {
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    // One expression for all would be an object a sample to V8.
    if (value > 1) samples[i] = 1;
    else if (value < -1) samples[i] = -1;
    else if (!(value < 0 || value > 0)) samples[i] = 0;
  }
  return samples;
}

/**
 * The log-mel spectrogram of a recording in bounded memory: a first pass finds its loudest value, and a second gives
 * the samples of window after window, whose frames are those of `logMelSpectrogram` of the whole, to the last bit.
 * The samples of a short recording are kept from the first pass.
 */
import { TimeSlice } from "../../async/time_slice.ts";
import { firstPass } from "../recording/first_pass.ts";
import type { Listener, PassOptions } from "../recording/listen_through.ts";
import type { Hearing, Recording } from "../recording/recording.ts";
import { SampleCollector } from "../recording/sample_collector.ts";
import { SampleWindow } from "../recording/sample_window.ts";
import { samplesRecording } from "../recording/samples_recording.ts";
import type { MelSpectrogram } from "../log_mel_spectrogram.ts";
import { LoudestValue } from "./loudest_value.ts";
import { compress, filtersFor, logEnergies, silenceValue } from "./mel_bands.ts";
import type { MelFilter } from "./mel_filters.ts";
import type { MelSource } from "./mel_source.ts";
import { FRAMES_PER_STEP, HOP_LENGTH, N_FFT, PowerSpectrum } from "./power_spectrum.ts";

/** Samples of the longest recording that is decoded once, five minutes: 19 MB. */
export const KEPT_SAMPLES = 5 * 60 * 16000;

/** What a streamed spectrogram may be told. */
export interface StreamedMelOptions extends PassOptions {
  /** Mel bands. */
  readonly nMels: number;
  /**
   * What of the channels is heard.
   *
   * @default {"mix"}
   */
  readonly hearing?: Hearing;
  /** Samples of the longest recording that is decoded once; replaced by tests. */
  readonly keptSamples?: number;
}

/** Hears what must be known of the whole before its first window. */
class Survey implements Listener {
  readonly #loudest: LoudestValue;
  readonly samples: SampleCollector;

  constructor(nMels: number, keptSamples: number) {
    this.#loudest = new LoudestValue(nMels);
    this.samples = new SampleCollector(keptSamples);
  }

  push(samples: Float32Array): void {
    this.#loudest.push(samples);
    this.samples.push(samples);
  }

  finish(): number {
    return this.#loudest.finish();
  }
}

/** The spectrogram of a recording that is read window by window. */
export class StreamedMel implements MelSource {
  readonly nMels: number;
  readonly length: number;
  readonly #recording: Recording;
  readonly #samples: number;
  readonly #loudest: number;
  readonly #window: SampleWindow;
  readonly #filters: readonly MelFilter[];
  readonly #spectrum = new PowerSpectrum(FRAMES_PER_STEP);
  readonly #signal: AbortSignal | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    recording: Recording,
    found: { readonly samples: number; readonly loudest: number; readonly window: SampleWindow },
    { nMels, signal }: StreamedMelOptions,
  ) {
    this.#recording = recording;
    this.nMels = nMels;
    this.#samples = found.samples;
    this.length = Math.floor(found.samples / HOP_LENGTH);
    this.#loudest = found.loudest;
    this.#window = found.window;
    this.#filters = filtersFor(nMels);
    this.#signal = signal;
  }

  /**
   * Goes through a recording for the first time. The source disposes it, and it is disposed when this fails.
   *
   * @throws {AudioDecodeError} when it cannot be decoded, holds no sound, or has no such channel.
   */
  static async open(recording: Recording, options: StreamedMelOptions): Promise<StreamedMel> {
    const { nMels, signal, keptSamples = KEPT_SAMPLES } = options;
    try {
      const { hearing, listener } = await firstPass(
        recording,
        options.hearing ?? "mix",
        () => new Survey(nMels, keptSamples),
        options,
      );
      const { length } = listener.samples;
      const kept = listener.samples.take();
      const window = kept
        ? new SampleWindow(samplesRecording(kept), "mix", length)
        : new SampleWindow(recording, hearing, length, signal);
      return new StreamedMel(recording, { samples: length, loudest: listener.finish(), window }, options);
    } catch (error) {
      await recording[Symbol.asyncDispose]();
      throw error;
    }
  }

  reach(frame: number): Promise<number> {
    return Promise.resolve(Math.min(frame, this.length));
  }

  frames(start: number, size: number): Promise<MelSpectrogram> {
    // One after the other: they share the samples at hand.
    const result = this.#last.then(() => this.#compute(start, size));
    this.#last = result.catch(() => {});
    return result;
  }

  async #compute(start: number, size: number): Promise<MelSpectrogram> {
    const data = new Float32Array(this.nMels * size).fill(silenceValue(this.#loudest));
    // Frames wholly behind the recording are silence.
    const sounding = Math.ceil((this.#samples + N_FFT / 2) / HOP_LENGTH);
    const end = Math.min(start + size, sounding);
    const firstOfPair = start - start % 2;
    const span = await this.#spanOf(firstOfPair, end + end % 2);
    const slice = new TimeSlice(this.#signal);
    for (let first = firstOfPair; first < end; first += FRAMES_PER_STEP) {
      const count = Math.min(FRAMES_PER_STEP, end - first);
      const skip = Math.max(0, start - first);
      const powers = this.#spectrum.compute(span, first, count);
      for (let band = 0; band < this.nMels; band++) {
        const from = band * size + first + skip - start, to = from + count - skip;
        logEnergies(this.#filters[band], powers, skip, data, from, to);
        compress(data, this.#loudest, from, to);
      }
      await slice.pause();
    }
    return { nMels: this.nMels, nFrames: size, data };
  }

  /** The samples of frames. */
  async #spanOf(start: number, end: number) {
    const span = await this.#window.read(
      start * HOP_LENGTH - N_FFT / 2,
      (end - 1) * HOP_LENGTH + N_FFT / 2,
    );
    // The silence after the recording is as long as a frame could want.
    return { ...span, length: Infinity };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#window[Symbol.asyncDispose]();
    await this.#recording[Symbol.asyncDispose]();
  }
}

/**
 * Makes a source of the samples of a whole recording.
 *
 * @param samples Mono audio at 16 kHz, finite values; they must not change meanwhile.
 */
export async function melSourceOf(
  samples: Float32Array,
  options: { readonly nMels: number; readonly signal?: AbortSignal },
): Promise<MelSource> {
  return await StreamedMel.open(samplesRecording(samples), { ...options, mayBeEmpty: true });
}

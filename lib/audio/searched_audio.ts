/**
 * Audio in which something is looked for before what was found of it is heard, as speech is: in bounded memory, as it is
 * gone through once to look and then again to hear. The samples of a short recording are kept.
 */
import type { MelSource } from "./mel/mel_source.ts";
import { KEPT_SAMPLES, StreamedMel } from "./mel/streamed_mel.ts";
import { firstPass } from "./recording/first_pass.ts";
import { joinedRecording, type Stretch } from "./recording/joined_recording.ts";
import type { Listener, PassOptions } from "./recording/listen_through.ts";
import type { Hearing, Recording } from "./recording/recording.ts";
import { SampleCollector } from "./recording/sample_collector.ts";
import { samplesRecording } from "./recording/samples_recording.ts";

/** What the search may be told. */
export interface SearchedAudioOptions extends PassOptions {
  /** Mel bands of what is heard. */
  readonly nMels: number;
  /** Samples of the longest recording that is decoded once; replaced by tests. */
  readonly keptSamples?: number;
}

/** Audio that is searched. Whoever opens it disposes it, and its recording with it. */
export class SearchedAudio implements AsyncDisposable {
  readonly #recording: Recording;
  readonly #options: SearchedAudioOptions;
  /** What is heard: of the recording, or of its samples where they are kept. */
  #heard: { readonly recording: Recording; readonly hearing: Hearing };

  /** Takes the recording over. */
  constructor(recording: Recording, hearing: Hearing, options: SearchedAudioOptions) {
    this.#recording = recording;
    this.#heard = { recording, hearing };
    this.#options = options;
  }

  /**
   * Has all of it heard: the first thing that is done with it.
   *
   * @param makeListener Called again where something else is listened to than the mix.
   * @returns Who heard it, and its samples.
   * @throws {AudioDecodeError} when it cannot be decoded, there is none, or it has no such channel.
   */
  async listen<Heard extends Listener>(
    makeListener: () => Promise<Heard>,
  ): Promise<{ readonly listener: Heard; readonly length: number }> {
    const { keptSamples = KEPT_SAMPLES } = this.#options;
    const { recording, hearing } = this.#heard;
    const passed = await firstPass(recording, hearing, async () => {
      const heard = await makeListener(), samples = new SampleCollector(keptSamples);
      return {
        heard,
        samples,
        push(piece: Float32Array) {
          samples.push(piece);
          return heard.push(piece);
        },
      };
    }, this.#options);
    const { heard, samples } = passed.listener;
    const kept = samples.take();
    this.#heard = kept
      ? { recording: samplesRecording(kept), hearing: "mix" }
      : { recording, hearing: passed.hearing };
    return { listener: heard, length: samples.length };
  }

  /**
   * Gives the spectrogram of stretches of it, laid end to end, as if that were the recording.
   *
   * @param stretches In samples, in order, none overlapping another.
   */
  async hear(stretches: readonly Stretch[]): Promise<MelSource> {
    const { recording, hearing } = this.#heard;
    const { nMels, signal, keptSamples } = this.#options;
    const joined = joinedRecording(recording, hearing, stretches);
    return await StreamedMel.open(joined, { nMels, signal, keptSamples, mayBeEmpty: true });
  }

  /**
   * Gives the samples of stretches of it, one after the other, each in memory of its own.
   *
   * @param stretches As for `hear`.
   */
  async *samples(stretches: readonly Stretch[]): AsyncGenerator<Float32Array<ArrayBuffer>> {
    const { recording, hearing } = this.#heard;
    const joined = joinedRecording(recording, hearing, stretches);
    let number = 0, filled = 0;
    let samples = new Float32Array(lengthOf(stretches[0]));
    for await (const piece of joined.pieces("mix", { signal: this.#options.signal })) {
      for (let taken = 0; taken < piece.length;) {
        const part = piece.subarray(taken, taken + samples.length - filled);
        samples.set(part, filled);
        filled += part.length;
        taken += part.length;
        if (filled < samples.length) continue;
        yield samples;
        samples = new Float32Array(lengthOf(stretches[++number]));
        filled = 0;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#recording[Symbol.asyncDispose]();
  }
}

function lengthOf(stretch: Stretch | undefined): number {
  return stretch === undefined ? 0 : stretch.end - stretch.start;
}

/**
 * Makes it of the samples of a whole recording.
 *
 * @param samples Mono audio at 16 kHz, finite values; they must not change meanwhile.
 */
export function searchedSamples(
  samples: Float32Array,
  options: { readonly nMels: number; readonly signal?: AbortSignal },
): SearchedAudio {
  return new SearchedAudio(samplesRecording(samples), "mix", {
    ...options,
    mayBeEmpty: true,
    keptSamples: 0,
  });
}

/** Finds speech in a recording that is heard piece by piece; what is kept of it is a number for 32 ms. */
import { joinFloats } from "../bytes/join.ts";
import { HOP_LENGTH, SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import { FRAME_SAMPLES, MOST_FRAMES, type SpeechListener } from "./silero/speech_model.ts";
import { padSpans, type Span, speechSpans } from "./speech_spans.ts";
import type { VadSettings } from "./vad_options.ts";

/** Samples of a run of the model. */
const BLOCK_SAMPLES = MOST_FRAMES * FRAME_SAMPLES;

const FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE;

/** Listens to one recording. Whoever makes it disposes it. */
export class SpeechDetector implements Disposable {
  readonly #listener: Pick<SpeechListener, "hear"> & Disposable;
  readonly #signal: AbortSignal | undefined;
  readonly #probabilities: Float32Array[] = [];
  readonly #block = new Float32Array(BLOCK_SAMPLES);
  #filled = 0;
  #length = 0;

  /** Takes the listener over. */
  constructor(
    listener: Pick<SpeechListener, "hear"> & Disposable,
    options: { readonly signal?: AbortSignal } = {},
  ) {
    this.#listener = listener;
    this.#signal = options.signal;
  }

  /** Takes the next samples, mono at 16 kHz, as many as there are. */
  async push(samples: Float32Array): Promise<void> {
    this.#length += samples.length;
    for (let taken = 0; taken < samples.length;) {
      const part = samples.subarray(taken, taken + BLOCK_SAMPLES - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === BLOCK_SAMPLES) await this.#hear(BLOCK_SAMPLES);
    }
  }

  /**
   * Hears the rest, and gives the stretches of speech.
   *
   * @returns Spans in samples, whole frames of 10 ms but for the end of the recording, in order, none overlapping.
   */
  async finish(settings: VadSettings): Promise<Span[]> {
    if (this.#filled > 0) {
      const whole = Math.ceil(this.#filled / FRAME_SAMPLES) * FRAME_SAMPLES;
      this.#block.fill(0, this.#filled, whole);
      await this.#hear(whole);
    }
    const spans = speechSpans(this.probabilities(), settings, FRAME_SECONDS)
      .map(({ start, end }) => ({
        start: start * FRAME_SAMPLES,
        end: Math.min(end * FRAME_SAMPLES, this.#length),
      }));
    return padSpans(spans, settings.speechPad * SAMPLE_RATE, this.#length).map(({ start, end }) => ({
      start: toHop(start),
      end: end >= this.#length ? this.#length : Math.min(toHop(end), this.#length),
    })).filter(({ start, end }) => start < end);
  }

  /** The probability of speech in each frame of 32 ms that was heard. */
  probabilities(): Float32Array {
    return joinFloats(this.#probabilities);
  }

  async #hear(length: number): Promise<void> {
    this.#probabilities.push(await this.#listener.hear(this.#block.subarray(0, length), this.#signal));
    this.#filled = 0;
  }

  [Symbol.dispose](): void {
    this.#listener[Symbol.dispose]();
  }
}

/** The nearest frame of the spectrogram: so that a time in the speech is a whole number of frames away from the true one. */
function toHop(samples: number): number {
  return Math.round(samples / HOP_LENGTH) * HOP_LENGTH;
}

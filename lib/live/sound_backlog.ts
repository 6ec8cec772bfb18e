/** The sound of a stream that has come and was not heard yet: it waits while something else is at work, up to a limit. */
import { joinFloats } from "../bytes/join.ts";
import { SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";

/** Where the sound of a stream is taken from. */
export interface Backlog {
  /** Waits for sound, and gives all there is, mono at 16 kHz; `undefined` at the end. */
  take(): Promise<Float32Array | undefined>;
  /** Whether there is none that was not taken. */
  readonly isEmpty: boolean;
}

/** Sound that may wait: ten minutes. What comes then waits where it comes from. */
const MOST_SAMPLES = 600 * SAMPLE_RATE;

/** A backlog that is read from its source as fast as that gives. Whoever makes it disposes it, which lets the source go. */
export class SoundBacklog implements Backlog, AsyncDisposable {
  readonly #source: AsyncIterator<Float32Array>;
  readonly #waiting: Float32Array[] = [];
  #length = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  /** Wakes who waits for sound, and who waits for room. */
  #arrived = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();
  #closed = false;
  readonly #most: number;
  readonly #signal: AbortSignal | undefined;
  readonly #wake = () => this.#arrived.resolve();

  /** @param options How many samples may wait, and what ends the waiting for more. */
  constructor(
    source: AsyncIterable<Float32Array>,
    { most = MOST_SAMPLES, signal }: { readonly most?: number; readonly signal?: AbortSignal } = {},
  ) {
    this.#source = source[Symbol.asyncIterator]();
    this.#most = most;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#wake);
    this.#read();
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  async take(): Promise<Float32Array | undefined> {
    while (this.#length === 0 && !this.#ended && !this.#signal?.aborted) await this.#arrived.promise;
    this.#signal?.throwIfAborted();
    if (this.#length === 0) {
      if (this.#failure !== undefined) throw this.#failure.error;
      return undefined;
    }
    const samples = joinFloats(this.#waiting.splice(0));
    this.#length = 0;
    this.#arrived = Promise.withResolvers();
    this.#taken.resolve();
    return samples;
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#source.next();
        if (done || this.#closed) break;
        this.#waiting.push(value);
        this.#length += value.length;
        if (value.length > 0) this.#arrived.resolve();
        while (this.#length >= this.#most && !this.#closed) {
          this.#taken = Promise.withResolvers();
          await this.#taken.promise;
        }
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#ended = true;
    this.#arrived.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#signal?.removeEventListener("abort", this.#wake);
    this.#taken.resolve();
    // A source that waits for sound that never comes is not waited for.
    this.#source.return?.()?.catch(() => {});
    await Promise.resolve();
  }
}

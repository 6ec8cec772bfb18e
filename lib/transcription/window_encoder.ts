/**
 * Runs the encoder over windows of a recording, once a window: what was encoded to detect the language is
 * kept for the window that needs it.
 */
import { type MelSpectrogram, melWindow } from "../audio/log_mel_spectrogram.ts";
import type { AudioFeatures, EncoderDecoder } from "../model/types.ts";

/** A window: where it starts and how much audio it holds, in frames of 10 ms. */
export interface Window {
  /** Its first frame. */
  readonly seek: number;
  /** Its frames with audio; the rest of the window is zero. */
  readonly size: number;
}

/** Encodes the windows of one recording. Whoever makes it disposes it. */
export class WindowEncoder implements Disposable {
  readonly #model: EncoderDecoder;
  readonly #mel: MelSpectrogram;
  readonly #signal: AbortSignal | undefined;
  #kept: { window: Window; features: AudioFeatures } | undefined;

  constructor(model: EncoderDecoder, mel: MelSpectrogram, signal?: AbortSignal) {
    this.#model = model;
    this.#mel = mel;
    this.#signal = signal;
  }

  /** Gives the features of a window; the caller disposes them. */
  encode({ seek, size }: Window): Promise<AudioFeatures> {
    const kept = this.#kept;
    if (kept?.window.seek === seek && kept.window.size === size) {
      this.#kept = undefined;
      return Promise.resolve(kept.features);
    }
    this[Symbol.dispose]();
    return this.#model.embedAudio(melWindow(this.#mel, seek, size, this.#model.family.windowFrames), {
      signal: this.#signal,
    });
  }

  /** Gives the features of a window and keeps them for the next `encode`; the caller does not dispose them. */
  async encodeAhead(window: Window): Promise<AudioFeatures> {
    const features = await this.encode(window);
    this.#kept = { window, features };
    return features;
  }

  [Symbol.dispose](): void {
    this.#kept?.features[Symbol.dispose]();
    this.#kept = undefined;
  }
}

/**
 * Runs the encoder over windows of a recording, once a window: what was encoded to detect the language is
 * kept for the window that needs it.
 */
import { melWindow } from "../../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../../audio/mel/mel_source.ts";
import type { AudioFeatures, EncoderDecoder } from "../../model/types.ts";

/** A window: where it starts and how much audio it holds, in frames of 10 ms. */
export interface Window {
  /** Its first frame. */
  readonly seek: number;
  /** Its frames with audio; the rest of the window is zero. */
  readonly size: number;
  /** Whether nothing after it is transcribed together with it: text that is open at its end is kept. */
  readonly isClosed?: boolean;
}

/** How much of a window is encoded. */
export type AudioContext = "full" | "fit";

/** Every one of them. */
export const AUDIO_CONTEXTS: readonly AudioContext[] = ["full", "fit"];

/** Frames of silence that follow the audio where the context fits it: without any, the model does not hear it end. */
const SILENCE = 100;

/** A window that is this full is encoded whole: a sixth less work is not worth a size of its own. */
const FULL = 5 / 6;

/** What frames of a context that fits are a multiple of, so that few sizes are met. */
const STEP = 32;

/** Encodes the windows of one recording. Whoever makes it disposes it. */
export class WindowEncoder implements Disposable {
  readonly #model: EncoderDecoder;
  readonly #source: MelSource;
  readonly #context: AudioContext;
  readonly #signal: AbortSignal | undefined;
  #kept: { window: Window; features: AudioFeatures } | undefined;

  constructor(
    model: EncoderDecoder,
    source: MelSource,
    { audioContext = "full", signal }: {
      readonly audioContext?: AudioContext;
      readonly signal?: AbortSignal;
    },
  ) {
    this.#model = model;
    this.#source = source;
    this.#context = audioContext;
    this.#signal = signal;
  }

  /** Gives the features of a window; the caller disposes them. A kept one that is another is no longer kept. */
  async encode(window: Window): Promise<AudioFeatures> {
    const kept = this.#kept;
    if (kept?.window.seek === window.seek && kept.window.size === window.size) {
      this.#kept = undefined;
      return kept.features;
    }
    this[Symbol.dispose]();
    return await this.encodeAside(window);
  }

  /** Gives the features of a window, whatever is kept; the caller disposes them. */
  async encodeAside({ seek, size }: Window): Promise<AudioFeatures> {
    const { windowFrames } = this.#model.family;
    const mel = await this.#source.frames(seek, size);
    const fitting = Math.min(Math.ceil((size + SILENCE) / STEP) * STEP, windowFrames);
    const frames = this.#context === "fit" && fitting < FULL * windowFrames ? fitting : windowFrames;
    const window = size === frames ? mel.data : melWindow(mel, 0, size, frames);
    const features = await this.#model.embedAudio(window, { frames, signal: this.#signal });
    // A megabyte a window, which no collector hurries for: of a long recording 20 MB would lie about.
    for (const data of new Set([mel.data, window])) data.buffer.transfer(0);
    return features;
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

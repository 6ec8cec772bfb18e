/** How loud a recording is from moment to moment, for pictures of it: measured piece by piece, in bounded memory. */
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";

/** How loud a recording is. */
export interface Waveform {
  /** The largest magnitude in each of the equal parts that the recording is cut into, in order: 0 to 1. */
  readonly peaks: Float32Array;
  /** Seconds of a part. The last may be shorter. */
  readonly secondsPerPeak: number;
  /** Seconds of the recording. */
  readonly duration: number;
}

/** Samples of a part at first: 10 ms, as a frame of the spectrogram. */
const FINEST = 160;

/** The most parts. 22 minutes are measured every 10 ms, an hour and 27 minutes every 40 ms. */
const MOST_PEAKS = 1 << 17;

/** Measures the samples that it is handed, however many. When there are too many parts, each two become one. */
export class WaveformMeter {
  readonly #most: number;
  #peaks = new Float32Array(1024);
  /** Parts begun. */
  #count = 0;
  #samplesPerPeak = FINEST;
  /** Samples of the last part. */
  #filled = 0;
  #length = 0;

  /** @param most The most parts, an even number. */
  constructor(most: number = MOST_PEAKS) {
    this.#most = most;
  }

  /** Takes the next samples: mono, 16 kHz. */
  push(samples: Float32Array): void {
    this.#length += samples.length;
    for (let from = 0; from < samples.length;) {
      if (this.#count === 0 || this.#filled === this.#samplesPerPeak) this.#begin();
      const to = Math.min(samples.length, from + this.#samplesPerPeak - this.#filled);
      let peak = this.#peaks[this.#count - 1];
      for (let i = from; i < to; i++) {
        const magnitude = Math.abs(samples[i]);
        if (magnitude > peak) peak = magnitude;
      }
      this.#peaks[this.#count - 1] = peak;
      this.#filled += to - from;
      from = to;
    }
  }

  /** What has been measured until now. */
  waveform(): Waveform {
    return {
      peaks: this.#peaks.slice(0, this.#count),
      secondsPerPeak: this.#samplesPerPeak / SAMPLE_RATE,
      duration: this.#length / SAMPLE_RATE,
    };
  }

  #begin(): void {
    if (this.#count === this.#most) this.#halve();
    if (this.#count === this.#peaks.length) {
      const larger = new Float32Array(Math.min(this.#most, 2 * this.#count));
      larger.set(this.#peaks);
      this.#peaks = larger;
    }
    this.#peaks[this.#count++] = 0;
    this.#filled = 0;
  }

  #halve(): void {
    const peaks = this.#peaks;
    for (let i = 0; i < this.#count; i += 2) peaks[i / 2] = Math.max(peaks[i], peaks[i + 1]);
    this.#count /= 2;
    this.#samplesPerPeak *= 2;
  }
}

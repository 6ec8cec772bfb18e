/**
 * Scenes with a known truth for the detection of speech: sentences laid into silence, noise or music at times and
 * levels that a seed decides, and where they lie.
 */
import { seededRandom } from "../../lib/decoding/random.ts";

const SAMPLE_RATE = 16000;

/** Where somebody speaks in `tests/fixtures/sense.wav`, in seconds: found by hand in its envelope, 28 dB below its peak. */
const SENSE_SPEECH: readonly (readonly [start: number, end: number])[] = [
  [0.24, 6.8],
  [7.96, 10.5],
  [11.57, 16.36],
  [17.48, 23.0],
  [24.08, 26.87],
];

/** What sounds behind the speech, or alone. */
export type Background = "silence" | "white noise" | "pink noise" | "hum" | "clicks" | "music";

/** All of them. */
export const BACKGROUNDS: readonly Background[] = [
  "silence",
  "white noise",
  "pink noise",
  "hum",
  "clicks",
  "music",
];

/** A scene. */
export interface Scene {
  /** Mono samples at 16 kHz. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Where somebody speaks, in samples. */
  readonly speech: readonly { readonly start: number; readonly end: number }[];
}

/** How a scene is made. */
export interface SceneOptions {
  /** Spoken pieces, mono at 16 kHz, without silence around them. */
  readonly sentences: readonly Float32Array[];
  /** What sounds throughout. */
  readonly background: Background;
  /** How far the background lies below the speech, in decibels of their root mean squares. */
  readonly signalToNoise: number;
  /** Seconds between two sentences: anything between the two. */
  readonly gaps: readonly [least: number, most: number];
  /** Sentences that are spoken. */
  readonly count: number;
  /** Whether the sentences are spoken one after the other, instead of any at a time. @default {false} */
  readonly inOrder?: boolean;
  /** Decides all that is random. */
  readonly seed: number;
}

/** Cuts the sentences out of `sense.wav`. */
export function senseSentences(samples: Float32Array): Float32Array[] {
  return SENSE_SPEECH.map(([start, end]) => samples.subarray(start * SAMPLE_RATE, end * SAMPLE_RATE));
}

/** Mixes a scene. */
export function makeScene(options: SceneOptions): Scene {
  const { sentences, background, signalToNoise, gaps: [least, most], count, inOrder = false, seed } = options;
  const random = seededRandom(seed);
  const gap = () => Math.round((least + (most - least) * random()) * SAMPLE_RATE);
  const placed: { start: number; spoken: Float32Array; gain: number }[] = [];
  let at = gap();
  for (let i = 0; i < count; i++) {
    const drawn = Math.floor(random() * sentences.length);
    const spoken = sentences[inOrder ? i % sentences.length : drawn];
    placed.push({ start: at, spoken, gain: 10 ** (-6 * random() / 20) });
    at += spoken.length + gap();
  }
  const samples = makeBackground(background, at, seed);
  const level = levelOf(...sentences) * 10 ** (-signalToNoise / 20) / (levelOf(samples) || 1);
  for (let i = 0; i < samples.length; i++) samples[i] *= level;
  for (const { start, spoken, gain } of placed) {
    for (let i = 0; i < spoken.length; i++) samples[start + i] += gain * spoken[i];
  }
  return { samples, speech: placed.map(({ start, spoken }) => ({ start, end: start + spoken.length })) };
}

/** Makes a background of some samples, full scale being 1. */
export function makeBackground(background: Background, length: number, seed = 1): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  // Twelve uniform numbers are near enough to a normal one.
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return sum;
  };
  const seconds = (i: number) => i / SAMPLE_RATE;
  switch (background) {
    case "silence":
      return new Float32Array(length);
    case "white noise":
      return Float32Array.from({ length }, () => 0.1 * normal());
    case "pink noise": {
      // Paul Kellet's filter: three leaky sums, a decade apart.
      let [low, middle, high] = [0, 0, 0];
      return Float32Array.from({ length }, () => {
        const white = 0.1 * normal();
        low = 0.99765 * low + 0.099046 * white;
        middle = 0.963 * middle + 0.2965164 * white;
        high = 0.57 * high + 1.0526913 * white;
        return low + middle + high + 0.1848 * white;
      });
    }
    case "hum":
      return Float32Array.from(
        { length },
        (_, i) =>
          [50, 100, 150, 250].reduce(
            (sum, hertz, k) => sum + Math.sin(2 * Math.PI * hertz * seconds(i)) / (k + 1),
            0,
          ) / 4,
      );
    case "clicks": {
      const clicks = new Float32Array(length);
      for (let at = 0; at < length; at += Math.round(SAMPLE_RATE * (0.1 + 0.9 * random()))) {
        for (let i = at; i < Math.min(length, at + 160); i++) clicks[i] = normal() * Math.exp((at - i) / 30);
      }
      return clicks;
    }
    case "music":
      return Float32Array.from({ length }, (_, i) => {
        const chord = CHORDS[Math.floor(2 * seconds(i)) % CHORDS.length];
        const decay = 1 - 2 * seconds(i) % 1;
        return 0.1 * decay * chord.reduce((sum, semitone) => {
          const phase = 2 * Math.PI * 220 * 2 ** (semitone / 12) * seconds(i);
          return sum + Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.25 * Math.sin(3 * phase);
        }, 0);
      });
  }
}

/** A cadence, in semitones above A. */
const CHORDS: readonly (readonly number[])[] = [[0, 4, 7], [5, 9, 12], [7, 11, 14], [-3, 0, 4]];

/** The root mean square of samples. */
export function levelOf(...parts: readonly Float32Array[]): number {
  let power = 0, count = 0;
  for (const part of parts) {
    for (const value of part) power += value * value;
    count += part.length;
  }
  return Math.sqrt(power / Math.max(1, count));
}

/** The part of frames of 32 ms whose middle both call speech, or both do not. */
export function frameAccuracy(
  { samples, speech }: Scene,
  found: readonly { readonly start: number; readonly end: number }[],
): number {
  const frame = 512;
  const within = (spans: Scene["speech"], at: number) =>
    spans.some(({ start, end }) => start <= at && at < end);
  let right = 0, frames = 0;
  for (let at = frame / 2; at < samples.length; at += frame) {
    frames++;
    if (within(speech, at) === within(found, at)) right++;
  }
  return right / frames;
}

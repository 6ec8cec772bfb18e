/**
 * Sounds for the parity tests, made anew at each run so that none is committed: seeded noise, tones, the
 * sentences of `fixtures/sense.wav` and, where it is installed, espeak-ng. All are rounded to 16 bits, so that
 * every runtime and openai/whisper, which reads them as WAV, get the same samples.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fixture } from "./harness.ts";
import { buildWav } from "./lib/audio/wav_builder.ts";
import { seededNormal } from "./seeded_random.ts";

const SAMPLE_RATE = 16000;

/** Where the five sentences lie in `sense.wav`, in samples. */
const SENTENCES = [[0, 113600], [123200, 171040], [180640, 265440], [275040, 371840], [381440, 434080]];

/** The SHA-256 that "languages" has as spoken by espeak-ng 1.51, from which its references were made. */
const LANGUAGES_SHA256 = "b2ee25fb9959dcdc557602819a68a7a41c0e173479db19ed49d6231027f46451";

const SOUNDS = {
  "sense": () => wavSamples(readFileSync(fixture("sense.wav"))).samples,
  "silence": () => noise(10, 0),
  "quiet-noise": () => noise(12, 0.002),
  "loud-noise": () => noise(35, 0.3),
  "chords": () => chords(24),
  "late-speech": () => join(noise(4, 0), sentence(1), noise(7, 0), sentence(4), noise(3, 0)),
  "long-pauses": () =>
    join(
      noise(6, 0.003),
      sentence(2),
      noise(33, 0.003),
      sentence(3),
      noise(22, 0.02),
      sentence(0),
      noise(34, 0.003),
    ),
  "three-minutes": threeMinutes,
  "languages": () =>
    join(
      sentence(0),
      noise(1, 0),
      spoken("de", "Guten Tag. Heute scheint die Sonne, und wir gehen mit den Kindern in den Garten."),
      noise(1, 0),
      sentence(1),
      noise(1, 0),
      spoken("fr", "Bonjour. Je voudrais un café et un morceau de pain, s'il vous plaît."),
      noise(1, 0),
      spoken("de", "Morgen fahren wir mit dem Zug nach Berlin und besuchen unsere Freunde."),
    ),
};

/** The name of a sound. */
export type ParitySound = keyof typeof SOUNDS;

/** The names of all sounds. */
export const PARITY_SOUNDS = Object.keys(SOUNDS) as readonly ParitySound[];

/** Gives a sound as mono samples at 16 kHz. */
export function paritySamples(sound: ParitySound): Float32Array<ArrayBuffer> {
  return Float32Array.from(pcm(sound), (value) => value / 32768);
}

/** Gives a sound as a WAV file. */
export function parityWav(sound: ParitySound): Uint8Array<ArrayBuffer> {
  return buildWav(new Uint8Array(pcm(sound).buffer));
}

/** Says why a sound cannot be made on this machine, if it cannot. */
export function missingFor(sound: ParitySound): string | undefined {
  if (sound !== "languages") return undefined;
  try {
    const hash = createHash("sha256").update(pcm(sound)).digest("hex");
    return hash === LANGUAGES_SHA256
      ? undefined
      : `espeak-ng speaks otherwise here than version 1.51 (${hash})`;
  } catch {
    return "espeak-ng is not installed";
  }
}

function pcm(sound: ParitySound): Int16Array<ArrayBuffer> {
  return Int16Array.from(
    SOUNDS[sound](),
    (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32768))),
  );
}

function sentence(index: number, speed = 1): Float32Array {
  return atSpeed(SOUNDS.sense().subarray(...SENTENCES[index]), speed);
}

/** Four readings of the five sentences in different orders and speeds, with pauses from half a second to twelve. */
function threeMinutes(): Float32Array {
  const orders = [[0, 1, 2, 3, 4], [3, 0, 4, 2, 1], [2, 4, 1, 0, 3], [4, 3, 2, 1, 0]];
  const speeds = [1, 0.9, 1.1, 0.95];
  const pauses = [0.5, 3, 1, 7, 2, 12, 1.5, 4.5];
  const parts = orders.flat().flatMap((index, i) => [
    sentence(index, speeds[Math.floor(i / 5)]),
    noise(pauses[i % pauses.length], 0.001),
  ]);
  return join(noise(4, 0.001), ...parts);
}

function noise(seconds: number, deviation: number): Float32Array {
  const normal = seededNormal(Math.round(seconds * 1000));
  return Float32Array.from({ length: Math.round(seconds * SAMPLE_RATE) }, () => deviation * normal());
}

/** Chords of three decaying tones with an overtone each, half a second a chord. */
function chords(seconds: number): Float32Array {
  const semitones = [[0, 4, 7], [5, 9, 12], [7, 11, 14], [-3, 0, 4]];
  return Float32Array.from({ length: seconds * SAMPLE_RATE }, (_, i) => {
    const time = i / SAMPLE_RATE;
    const chord = semitones[Math.floor(2 * time) % semitones.length];
    return 0.1 * (1 - time * 2 % 1) * chord.reduce((sum, semitone) => {
      const phase = 2 * Math.PI * 220 * 2 ** (semitone / 12) * time;
      return sum + Math.sin(phase) + 0.5 * Math.sin(2 * phase);
    }, 0);
  });
}

function spoken(voice: string, text: string): Float32Array {
  const file = execFileSync("espeak-ng", ["-v", voice, "-s", "140", "--stdout", text], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { samples, rate } = wavSamples(file);
  return atSpeed(samples, rate / SAMPLE_RATE);
}

/** Reads every `speed`th sample, interpolating: faster and higher for more than 1. */
function atSpeed(samples: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor((samples.length - 1) / speed) }, (_, i) => {
    const left = Math.floor(i * speed);
    return samples[left] + (i * speed - left) * (samples[left + 1] - samples[left]);
  });
}

function join(...parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Reads a 16-bit mono WAV file with the plain 44-byte header. */
function wavSamples(file: Uint8Array): { samples: Float32Array; rate: number } {
  const bytes = new Uint8Array(file);
  const samples = Float32Array.from(new Int16Array(bytes.buffer, 44), (value) => value / 32768);
  return { samples, rate: new Uint32Array(bytes.buffer, 24, 1)[0] };
}

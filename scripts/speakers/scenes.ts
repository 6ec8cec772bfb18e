/** Conversations of a known truth: voices that take turns, over noise. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { decodeAudio } from "../../mod.ts";
import { seededUniform } from "../../lib/doctor/random_weights.ts";
import { levelOf, makeBackground } from "../vad/scenes.ts";

const SAMPLE_RATE = 16000;

/** What is said by whom, in seconds. */
export interface Turn {
  readonly start: number;
  readonly end: number;
  readonly speaker: number;
}

/** A conversation. */
export interface Conversation {
  /** Mono samples at 16 kHz. */
  readonly samples: Float32Array<ArrayBuffer>;
  readonly turns: readonly Turn[];
}

/** How one is made. */
export interface ConversationOptions {
  /** For each speaker pieces of speech, mono at 16 kHz. */
  readonly voices: readonly (readonly Float32Array[])[];
  /** How many turns are taken. */
  readonly turns: number;
  /** How far pink noise lies below the speech, in decibels; none for silence. */
  readonly signalToNoise?: number;
  readonly seed: number;
}

/** Reads a folder of `VOICE-NUMBER.wav`, by voice, without the silence around each. */
export async function readVoices(folder: string): Promise<Map<string, Float32Array[]>> {
  const voices = new Map<string, Float32Array[]>();
  for (const file of readdirSync(folder).sort()) {
    const [, voice] = /^(\w+)-\d+\.wav$/.exec(file) ?? [];
    if (voice === undefined) continue;
    const pieces = voices.get(voice) ?? [];
    pieces.push(trimmed(await decodeAudio(join(folder, file))));
    voices.set(voice, pieces);
  }
  return voices;
}

/** Lets voices take turns of one to three pieces, 0.15 to 0.8 s apart. */
export function makeConversation({ voices, turns, signalToNoise, seed }: ConversationOptions): Conversation {
  const random = seededUniform(seed * 7919);
  const next = voices.map(({ length }) => Math.floor(random() * length));
  const placed: { start: number; piece: Float32Array; speaker: number }[] = [];
  let at = SAMPLE_RATE / 2, speaker = -1;
  for (let turn = 0; turn < turns; turn++) {
    // Everybody has a turn before chance decides.
    const others = voices.map((_, i) => i).filter((i) => i !== speaker || voices.length === 1);
    speaker = turn < voices.length ? turn : others[Math.floor(random() * others.length)];
    for (let pieces = 1 + Math.floor(random() * 3); pieces > 0; pieces--) {
      const piece = voices[speaker][next[speaker]++ % voices[speaker].length];
      placed.push({ start: at, piece, speaker });
      at += piece.length + Math.round((0.15 + 0.65 * random()) * SAMPLE_RATE);
    }
  }
  const samples = new Float32Array(at);
  for (const { start, piece } of placed) {
    const gain = 0.06 / levelOf(piece);
    piece.forEach((value, i) => samples[start + i] = gain * value);
  }
  if (signalToNoise !== undefined) {
    const noise = makeBackground("pink noise", at, seed);
    const gain = 0.06 * 10 ** (-signalToNoise / 20) / levelOf(noise);
    noise.forEach((value, i) => samples[i] += gain * value);
  }
  return {
    samples,
    turns: placed.map(({ start, piece, speaker }) => ({
      start: start / SAMPLE_RATE,
      end: (start + piece.length) / SAMPLE_RATE,
      speaker,
    })),
  };
}

/** Cuts off what is 35 dB below the loudest 20 ms at both ends. */
function trimmed(samples: Float32Array): Float32Array {
  const frame = SAMPLE_RATE / 50;
  const levels = Array.from(
    { length: Math.floor(samples.length / frame) },
    (_, i) => levelOf(samples.subarray(i * frame, (i + 1) * frame)),
  );
  const least = Math.max(...levels) * 10 ** (-35 / 20);
  const first = levels.findIndex((level) => level > least);
  const last = levels.findLastIndex((level) => level > least);
  return samples.slice(first * frame, (last + 1) * frame);
}

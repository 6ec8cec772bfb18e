#!/usr/bin/env -S deno run -A
/**
 * Measures whether the voice encoder tells two who speak at once from one, and from one who takes over: `overlap.ts VOICES`,
 * the folder of `measure.ts`. The voices of all are known here, as they are not in a conversation.
 */
import process from "node:process";
import { openLibrary } from "../../ffi/library.ts";
import { seededRandom } from "../../lib/decoding/random.ts";
import { VoiceEncoder, WINDOW_FRAMES } from "../../lib/speakers/ge2e/voice_encoder.ts";
import { voiceMel } from "../../lib/speakers/ge2e/voice_mel.ts";
import { levelOf } from "../vad/scenes.ts";
import { readVoices } from "./scenes.ts";

/** Samples of a window, and a little for its last frame. */
const LENGTH = 26000;
const WINDOWS_OF_A_VOICE = 12;
const TRIES = 200;

using encoder = await VoiceEncoder.open(await openLibrary({}));
const voices = await readVoices(process.argv[2]);
// `sltx` is `slt`, changed.
const names = [...voices.keys()].filter((name) => name !== "sltx");
const random = seededRandom(1);
const draw = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];

function piece(name: string): Float32Array {
  const long = draw(voices.get(name)!.filter(({ length }) => length > LENGTH));
  const from = Math.floor(random() * (long.length - LENGTH));
  const cut = long.slice(from, from + LENGTH);
  const level = levelOf(cut);
  return cut.map((value) => 0.06 * value / level);
}

async function voiceIn(samples: Float32Array): Promise<Float32Array> {
  return await encoder.embed(await voiceMel(samples), [0], WINDOW_FRAMES);
}

const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...b);

const known = new Map<string, Float32Array>();
for (const name of names) {
  const sum = new Float32Array(256);
  for (let i = 0; i < WINDOWS_OF_A_VOICE; i++) {
    (await voiceIn(piece(name))).forEach((value, at) => sum[at] += value);
  }
  known.set(name, sum);
}

/** How near each window is to the nearer of the two voices, and to the other. */
const heard = { one: [], both: [], "both, one 5 dB lower": [], "one after the other": [] } as Record<
  string,
  [near: number, far: number][]
>;
for (let i = 0; i < TRIES; i++) {
  const first = draw(names), second = draw(names.filter((name) => name !== first));
  const [a, b] = [piece(first), piece(second)];
  const change = LENGTH * (0.25 + 0.5 * random());
  const mixes = {
    one: a,
    both: a.map((value, at) => value + b[at]),
    "both, one 5 dB lower": a.map((value, at) => value + 10 ** (-5 / 20) * b[at]),
    "one after the other": a.map((value, at) => at < change ? value : b[at]),
  };
  for (const [what, samples] of Object.entries(mixes)) {
    const voice = await voiceIn(samples);
    const likeness = [first, second].map((name) => cosine(voice, known.get(name)!));
    heard[what].push([Math.max(...likeness), Math.min(...likeness)]);
  }
}

/** How often the higher of two values is of the first kind. */
function area(higher: readonly number[], lower: readonly number[]): number {
  let sum = 0;
  for (const a of higher) for (const b of lower) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (higher.length * lower.length);
}

const FEATURES = {
  "far from the nearer voice": ([near]: [number, number]) => -near,
  "as near to the one as to the other": ([near, far]: [number, number]) => far - near,
  "near to the other voice": ([, far]: [number, number]) => far,
};
for (const [name, feature] of Object.entries(FEATURES)) {
  for (const both of ["both", "both, one 5 dB lower"]) {
    const cells = ["one", "one after the other"].map((other) =>
      `from ${other} ${area(heard[both].map(feature), heard[other].map(feature)).toFixed(2)}`
    );
    process.stdout.write(`${name} | ${both} | ${cells.join(" | ")}\n`);
  }
}

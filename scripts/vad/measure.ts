#!/usr/bin/env -S deno run --allow-read --allow-ffi --allow-env --allow-sys
/**
 * Measures the detection of speech against scenes of a known truth, and its speed: `measure.ts [WAV…]`. Each WAV is
 * heard as one more background, which must hold no speech.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { decodeAudio, loadModel, type VadOptions } from "../../mod.ts";
import { BACKGROUNDS, frameAccuracy, makeBackground, makeScene, senseSentences } from "./scenes.ts";

const SAMPLE_RATE = 16000;
const fixture = (name: string) => fileURLToPath(new URL(`../../tests/fixtures/${name}`, import.meta.url));

const WAYS: Readonly<Record<string, VadOptions>> = {
  "detectSpeech's": {},
  "transcribe's": { minSilenceDuration: 2, speechPad: 0.4 },
};

using model = await loadModel(fixture("tiny.en.pt"));
const sentences = senseSentences(await decodeAudio(fixture("sense.wav")));
const print = (...cells: unknown[]) => process.stdout.write(`${cells.join(" | ")}\n`);

async function find(samples: Float32Array, options: VadOptions) {
  const found = await model.detectSpeech(samples, options);
  return found.map(({ start, end }) => ({ start: start * SAMPLE_RATE, end: end * SAMPLE_RATE }));
}

print("defaults", "background", "frames right at 20, 10, 5 dB, %", "speech found in it alone, s of 60");
for (const [way, options] of Object.entries(WAYS)) {
  for (const background of BACKGROUNDS) {
    const right: string[] = [];
    for (const signalToNoise of background === "silence" ? [20] : [20, 10, 5]) {
      let sum = 0;
      for (const seed of [1, 2, 3]) {
        const scene = makeScene({ sentences, background, signalToNoise, gaps: [0.4, 8], count: 10, seed });
        sum += frameAccuracy(scene, await find(scene.samples, options));
      }
      right.push((100 * sum / 3).toFixed(1));
    }
    const alone = await find(makeBackground(background, 60 * SAMPLE_RATE, 7), options);
    print(way, background, right.join(", "), secondsOf(alone));
  }
}
for (const path of process.argv.slice(2)) {
  print("detectSpeech's", path, "", secondsOf(await find(await decodeAudio(path), {})));
}

const { samples } = makeScene({
  sentences,
  background: "pink noise",
  signalToNoise: 20,
  gaps: [0, 2],
  count: 80,
  seed: 4,
});
for (let round = 0; round < 3; round++) {
  const before = process.cpuUsage(), started = performance.now();
  await model.detectSpeech(samples);
  const wall = (performance.now() - started) / 1000, { user, system } = process.cpuUsage(before);
  const length = samples.length / SAMPLE_RATE;
  print(
    `${length.toFixed(0)} s`,
    `${(length / wall).toFixed(0)} x real time`,
    `${(length / (user + system) * 1e6).toFixed(0)} x of processor time`,
  );
}

function secondsOf(spans: readonly { start: number; end: number }[]): string {
  return (spans.reduce((sum, { start, end }) => sum + end - start, 0) / SAMPLE_RATE).toFixed(2);
}

#!/usr/bin/env -S deno run -A
/**
 * Measures who is told to speak when: `measure.ts VOICES [WAV RTTM]…`. VOICES is a folder of `VOICE-NUMBER.wav` (16 kHz,
 * a sentence each, six voices or more: `make_voices.py` makes one); conversations are made of them. Each WAV with its RTTM is
 * one more.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { decodeAudio, loadModel } from "../../mod.ts";
import { seededUniform } from "../../lib/doctor/random_weights.ts";
import { diarisationErrorRate } from "./error_rate.ts";
import { makeConversation, readVoices, type Turn } from "./scenes.ts";

const CONVERSATIONS = 3;
const [folder, ...recordings] = process.argv.slice(2);
const voices = await readVoices(folder);
const model = await loadModel(fileURLToPath(new URL("../../tests/fixtures/tiny.en.pt", import.meta.url)));
const print = (...cells: unknown[]) => process.stdout.write(`${cells.join(" | ")}\n`);
const percent = (rate: number) => (100 * rate).toFixed(1);

async function rate(samples: Float32Array, truth: readonly Turn[], speakers: true | number) {
  const found = await model.detectSpeakers(samples, { speakers });
  const count = new Set(found.map(({ speaker }) => speaker)).size;
  return { rate: diarisationErrorRate(truth, found), count };
}

print("speakers", "noise", "error rate, number known, %", "unknown, %", "speakers found");
let seconds = 0, spent = 0;
for (const count of [1, 2, 3, 4]) {
  for (const signalToNoise of [undefined, 20, 10]) {
    const known: number[] = [], unknown: number[] = [], counts: number[] = [];
    for (let i = 0; i < CONVERSATIONS; i++) {
      const seed = 100 * count + 10 * (signalToNoise ?? 0) + i + 1;
      const conversation = makeConversation({
        voices: some([...voices.values()], count, seed),
        turns: 5 + 3 * count,
        signalToNoise,
        seed,
      });
      const { samples, turns } = conversation, began = performance.now();
      const found = await rate(samples, turns, true);
      spent += performance.now() - began;
      seconds += samples.length / 16000;
      unknown.push(found.rate);
      counts.push(found.count);
      known.push((await rate(samples, turns, count)).rate);
    }
    const mean = (rates: number[]) => percent(rates.reduce((sum, rate) => sum + rate, 0) / rates.length);
    const noise = signalToNoise === undefined ? "none" : `${signalToNoise} dB`;
    print(count, noise, mean(known), mean(unknown), counts.join(", "));
  }
}
for (let i = 0; i + 1 < recordings.length; i += 2) {
  const samples = await decodeAudio(recordings[i]), turns = readRttm(recordings[i + 1]);
  const count = new Set(turns.map(({ speaker }) => speaker)).size;
  const known = await rate(samples, turns, count), unknown = await rate(samples, turns, true);
  print(count, recordings[i], percent(known.rate), percent(unknown.rate), unknown.count);
}
print(`${seconds.toFixed(0)} s of conversation in ${(spent / 1000).toFixed(1)} s`);
model[Symbol.dispose]();

/** Draws some of several. */
function some<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const random = seededUniform(seed * 7919);
  return items.map((item) => ({ item, place: random() })).toSorted((a, b) => a.place - b.place)
    .slice(0, count).map(({ item }) => item);
}

/** Reads the turns of one recording. */
function readRttm(path: string): Turn[] {
  const numbers = new Map<string, number>();
  return readFileSync(path, "utf-8").trim().split("\n").map((line) => {
    const [, , , start, duration, , , name] = line.split(/\s+/);
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return { start: Number(start), end: Number(start) + Number(duration), speaker: numbers.get(name)! };
  });
}

#!/usr/bin/env -S deno run --allow-read --allow-ffi --allow-env --allow-sys
/**
 * Measures what detecting speech saves of a recording nine tenths of which are silence, or next to it, and how many
 * words are others than those of the sentences without it: `measure_silence.ts [MODEL]`. Both ways take turns; of each
 * the lowest processor time counts.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { evaluate } from "../../lib/eval/evaluate.ts";
import { decodeAudio, loadModel } from "../../mod.ts";
import { type Background, makeScene, senseSentences } from "./scenes.ts";

const SAMPLE_RATE = 16000;
const ROUNDS = 2;
/** Decibels below the speech at which a background is next to silence. */
const FAINT = 50;

const fixture = (name: string) => fileURLToPath(new URL(`../../tests/fixtures/${name}`, import.meta.url));
const [name = fixture("tiny.en.pt")] = process.argv.slice(2);
using model = await loadModel(name, { device: "cpu" });
const sentences = senseSentences(await decodeAudio(fixture("sense.wav")));
const { text: reference } = await model.transcribe(fixture("sense.wav"), { language: "en" });
const print = (...cells: unknown[]) => process.stdout.write(`${cells.join(" | ")}\n`);

async function transcribe(samples: Float32Array, vad: boolean) {
  const before = process.cpuUsage();
  const { text } = await model.transcribe(samples, { language: "en", vad });
  const { user, system } = process.cpuUsage(before);
  return { text, seconds: (user + system) / 1e6 };
}

function wordsWrong(hypothesis: string): string {
  const { substitutions, deletions, insertions, total } = evaluate([{ reference, hypothesis }]).words;
  return `${substitutions + deletions + insertions} of ${total}`;
}

print(
  "background",
  "silent, %",
  "s of processor time without",
  "with",
  "times faster",
  "words wrong without",
  "with",
);
for (const background of ["silence", "white noise", "pink noise", "hum"] satisfies Background[]) {
  const { samples, speech } = makeScene({
    sentences,
    background,
    signalToNoise: FAINT,
    gaps: [36, 52],
    count: 5,
    inOrder: true,
    seed: 1,
  });
  const spoken = speech.reduce((sum, { start, end }) => sum + end - start, 0);
  const least = [Infinity, Infinity], wrong = ["", ""];
  for (let turn = 0; turn < 2 * ROUNDS; turn++) {
    const { text, seconds } = await transcribe(samples, turn % 2 === 1);
    least[turn % 2] = Math.min(least[turn % 2], seconds);
    wrong[turn % 2] = wordsWrong(text);
  }
  print(
    background,
    `${(100 - 100 * spoken / samples.length).toFixed(1)} of ${(samples.length / SAMPLE_RATE).toFixed()} s`,
    ...least.map((seconds) => seconds.toFixed(1)),
    (least[0] / least[1]).toFixed(1),
    ...wrong,
  );
}

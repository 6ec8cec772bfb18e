#!/usr/bin/env -S deno run --allow-read --allow-ffi --allow-env --allow-sys
/**
 * Measures the alignment of known texts: `measure.ts MODEL FOLDER AUDIO…`. FOLDER has what openai/whisper gave for each
 * recording with that model, with word times (`NAME/transcribe.json`). Word starts are compared with those; of the text
 * as it is, and with one word in six replaced by another of the text, so that it has to be looked for in the sound. And
 * sentences of `sense.wav` are joined to a recording with known borders.
 */
import { readFileSync } from "node:fs";
import { parse } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Alignment, decodeAudio, loadModel } from "../../mod.ts";
import { alignWords, plainWords } from "../../lib/eval/evaluate.ts";
import { seededRandom } from "../../lib/decoding/random.ts";
import { quantile } from "../bench/statistics.ts";
import { makeScene, senseSentences } from "../vad/scenes.ts";

const SAMPLE_RATE = 16000;
const [name = "tests/fixtures/tiny.en.pt", folder, ...recordings] = process.argv.slice(2);
using model = await loadModel(name);
const print = (...cells: unknown[]) => process.stdout.write(`${cells.join(" | ")}\n`);

interface TimedWord {
  readonly word: string;
  readonly start: number;
}

/** The words of a transcription as parts without punctuation, each with the start of its word. */
function partsOf(words: readonly TimedWord[]): TimedWord[] {
  return words.flatMap(({ word, start }) => {
    const parts = plainWords(word);
    // Only the first part of a word starts with it.
    return parts.map((part, i) => ({ word: part, start: i === 0 ? start : NaN }));
  });
}

/** How far the starts of the same words are apart. */
function differences(found: readonly TimedWord[], wanted: readonly TimedWord[], all = false): number[] {
  const a = partsOf(found), b = partsOf(wanted);
  return alignWords(b.map(({ word }) => word), a.map(({ word }) => word)).flatMap((pair) => {
    if (pair.reference === undefined || pair.hypothesis === undefined || (!pair.isMatch && !all)) return [];
    const difference = Math.abs(b[pair.reference].start - a[pair.hypothesis].start);
    return Number.isNaN(difference) ? [] : [difference];
  });
}

function quantiles(values: readonly number[]): string {
  const at = (share: number) => quantile(values, share).toFixed(3);
  return `${values.length} words: median ${at(0.5)} s, 95 % ${at(0.95)} s, all ${at(1)} s`;
}

const spokenWords = ({ segments }: Alignment) =>
  segments.flatMap(({ words }) => words.filter(({ spoken }) => spoken));

/** Replaces one word in six by another of the text. */
function garble(text: string, random: () => number): string {
  const words = text.trim().split(/\s+/);
  return words.map((word) => random() < 1 / 6 ? words[Math.floor(random() * words.length)] : word).join(" ");
}

const asItIs: number[] = [], garbled: number[] = [];
let lost = 0;
for (const path of recordings) {
  const { greedy } = JSON.parse(readFileSync(`${folder}/${parse(path).name}/transcribe.json`, "utf8"));
  const wanted: TimedWord[] = greedy.segments.flatMap(({ words }: { words: TimedWord[] }) => words);
  const audio = await decodeAudio(path);
  asItIs.push(...differences(spokenWords(await model.align(audio, greedy.text, { language: "en" })), wanted));
  const random = seededRandom(1);
  const text = garble(greedy.text, random);
  const found = await model.align(audio, text, { language: "en" });
  const words = found.segments.flatMap(({ words }) => words);
  lost += words.filter(({ spoken }) => !spoken).length;
  // The garbled words stand where the others stood.
  garbled.push(...differences(spokenWords(found), wanted, true));
}
if (recordings.length > 0) {
  print("text as it was heard", quantiles(asItIs));
  print("one word in six replaced", quantiles(garbled), `${lost} not found`);
}

const TEXT = [
  "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.",
  "He was not an ill-disposed young man.",
  "Unless to be rather cold-hearted and rather selfish is to be ill-disposed.",
  "Had he married a more amiable woman, he might have been made still more respectable than he was.",
  "He might even have been made amiable himself.",
];
const sentences = senseSentences(
  await decodeAudio(fileURLToPath(new URL("../../tests/fixtures/sense.wav", import.meta.url))),
);
const count = Number(process.env.SENTENCES ?? 30);
const scene = makeScene({
  sentences,
  background: "pink noise",
  signalToNoise: 20,
  gaps: [0.4, 3],
  count,
  inOrder: true,
  seed: 3,
});
const lines = Array.from({ length: count }, (_, i) => TEXT[i % TEXT.length]);
const missing = Math.floor(count / 3), added = Math.floor(2 * count / 3);
const changed = lines.toSpliced(added, 0, "Nobody in the house knew what to say about it.").toSpliced(
  missing,
  1,
);
for (const [what, text] of [["joined sentences", lines], ["one missing, one added", changed]] as const) {
  const before = process.cpuUsage(), started = performance.now();
  const found = await model.align(scene.samples, text, { language: "en" });
  const { user, system } = process.cpuUsage(before);
  const kept = found.segments.filter((_, i) => text === lines || i !== added - 1);
  const borders = scene.speech.filter((_, i) => text === lines || i !== missing);
  const starts = kept.map(({ start }, i) => Math.abs(start - borders[i].start / SAMPLE_RATE));
  const ends = kept.map(({ end }, i) => Math.abs(end - borders[i].end / SAMPLE_RATE));
  print(what, `starts of sentences: ${quantiles(starts)}`, `ends: ${quantiles(ends)}`);
  print(
    "",
    `${found.segments.filter(({ spoken }) => !spoken).map(({ id }) => id)} not spoken`,
    JSON.stringify(found.extraSpeech),
  );
  print(
    "",
    `${(scene.samples.length / SAMPLE_RATE).toFixed(0)} s of sound`,
    `${((performance.now() - started) / 1000).toFixed(0)} s, ${
      ((user + system) / 1e6).toFixed(0)
    } s of processor time`,
    `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
}

#!/usr/bin/env -S deno run -A
/**
 * Hears recordings of known texts through noise: `hear.ts MODEL RECORDINGS OUT [MOST]`. RECORDINGS is a folder of
 * `LANGUAGE-SET-NUMBER.wav` and `.txt`, as `make_prompts.py` makes it; MOST are taken of a language and a set. Each is
 * transcribed as it is and with other people, pink noise or music behind it; OUT gets a line of JSON for each segment,
 * whose words say whether they are right.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import process from "node:process";
import { decodeAudio, loadModel } from "../../mod.ts";
import type { Word } from "../../lib/transcription/segments.ts";
import { alignWords, normaliseBasic, normaliseEnglish } from "../../lib/eval/evaluate.ts";
import { levelOf, makeBackground } from "../vad/scenes.ts";
import type { HeardSegment } from "./heard_segment.ts";

const NOISES = ["people", "pink noise", "music"] as const;

/** Decibels from the speech down to the noise. */
const LEVELS = [10, 5, 0] as const;

/** People who speak in the background at once. */
const CROWD = 4;

const [name, folder, out, most = "99"] = process.argv.slice(2);
const numberOf = (file: string) => parse(file).name.split("-")[2];
const files = readdirSync(folder).filter((file) =>
  file.endsWith(".wav") && !(Number(numberOf(file)) >= Number(most))
)
  .sort((a, b) => numberOf(a).localeCompare(numberOf(b)) || a.localeCompare(b));
const recordings = await Promise.all(files.map(async (file) => {
  const [language, set] = file.split("-");
  const text = readFileSync(join(folder, `${parse(file).name}.txt`), "utf8");
  return { file, language, set: set as "fit" | "held", text, samples: await decodeAudio(join(folder, file)) };
}));

/** The words of a text that are compared. */
function unitsOf(text: string, language: string): string[] {
  const normalised = language === "en"
    ? normaliseEnglish(text)
    : normaliseBasic(text, { removeDiacritics: true });
  return normalised.split(" ").filter((unit) => unit !== "");
}

/** Which words were said: of those without letters nothing is known. */
function rightWords(words: readonly Word[], text: string, language: string): (boolean | undefined)[] {
  const units = words.map(({ word }) => unitsOf(word, language));
  const flat = units.flat(), said = new Set<number>();
  for (const { hypothesis, isMatch } of alignWords(unitsOf(text, language), flat)) {
    if (isMatch) said.add(hypothesis!);
  }
  let next = 0;
  return units.map(({ length }) => {
    const first = next;
    next += length;
    return length === 0 ? undefined : Array.from({ length }, (_, i) => first + i).every((i) => said.has(i));
  });
}

/** What sounds behind a recording: others of another language, where there is one. */
function noiseFor(noise: typeof NOISES[number], place: number): Float32Array {
  const { samples: { length }, language } = recordings[place];
  if (noise !== "people") return makeBackground(noise, length, place + 1);
  const others = recordings.filter((other) => other.language !== language);
  const crowd = new Float32Array(length);
  for (let i = 0; i < CROWD; i++) {
    const { samples } = others[(CROWD * place + i) % others.length];
    const gain = 1 / levelOf(samples);
    for (let at = 0; at < length; at++) crowd[at] += gain * samples[(at + 7919 * i) % samples.length];
  }
  return crowd;
}

using model = await loadModel(name, { precision: process.env.PRECISION as "int8" | undefined });
const lines: string[] = [];
for (const [place, { file, language, set, text, samples }] of recordings.entries()) {
  if (model.dims.nVocab === 51864 && language !== "en") continue;
  const ways: { noise: typeof NOISES[number] | "none"; level: number | null }[] = [
    { noise: "none", level: null },
    // Music is not fitted: it tells what a noise does that was not known.
    ...LEVELS.map((level, i) => ({
      noise: NOISES[set === "fit" ? place % 2 : (place + i) % NOISES.length],
      level,
    })),
  ];
  for (const { noise, level } of ways) {
    const heard = samples.slice();
    if (noise !== "none") {
      const behind = noiseFor(noise, place);
      const gain = levelOf(samples) * 10 ** (-level! / 20) / levelOf(behind);
      for (let at = 0; at < heard.length; at++) heard[at] += gain * behind[at];
    }
    const { segments } = await model.transcribe(heard, {
      language: language as "en",
      wordTimestamps: true,
      seed: 1,
    });
    const right = rightWords(segments.flatMap(({ words }) => words ?? []), text, language);
    for (const { words = [], ...segment } of segments) {
      const judged = words.map((word) => ({ ...word, right: right.shift() }));
      const line: HeardSegment = { file, language, set, noise, level, ...segment, words: judged };
      lines.push(JSON.stringify(line));
    }
    writeFileSync(out, `${lines.join("\n")}\n`);
    process.stdout.write(`${file} ${noise} ${level ?? ""}\n`);
  }
}

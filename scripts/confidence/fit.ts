#!/usr/bin/env -S deno run -A
/**
 * Fits the calibrations of word confidences: `fit.ts KIND=FILE…`, as `tiny.en=tiny.jsonl base=base.jsonl`, each file of
 * `hear.ts`. What is of the set `fit` decides the weights, written to `lib/confidence/calibrations.ts`; what is held out
 * tells what they are worth, printed as tables.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import {
  type Calibration,
  evidenceOf,
  logOdds,
  wordConfidences,
} from "../../lib/confidence/word_confidence.ts";
import type { HeardSegment } from "./heard_segment.ts";

/** The kinds of models that are fitted, by how they are told apart. */
const KINDS: Readonly<Record<string, { readonly nAudioState: number; readonly isMultilingual: boolean }>> = {
  "tiny.en": { nAudioState: 384, isMultilingual: false },
  base: { nAudioState: 512, isMultilingual: true },
};

/** How much weights are held to be 0, in words of evidence. */
const RIDGE = 1;

/** A word, what speaks for it, and whether it was said. */
interface Judged {
  readonly segment: HeardSegment;
  readonly place: number;
  /** 1, and its evidence. */
  readonly row: readonly number[];
  readonly right: boolean;
}

function judgedWords(segments: readonly HeardSegment[]): Judged[] {
  return segments.flatMap((segment) => {
    const { words, avgLogprob } = segment;
    return evidenceOf(words.map(({ probability }) => logOdds(probability)), avgLogprob).flatMap(
      (each, place) => {
        const { right } = words[place];
        const row = [1, each.word, each.beside, each.avgLogprob];
        return right === undefined ? [] : [{ segment, place, row, right }];
      },
    );
  });
}

/** Logistic regression by Newton's method. */
function fit(words: readonly Judged[]): Calibration {
  const weights = [0, 0, 0, 0];
  for (let step = 0; step < 50; step++) {
    const gradient = weights.map((weight, i) => i === 0 ? 0 : -RIDGE * weight);
    const curvature = weights.map((_, i) => weights.map((_, j) => i === j && i > 0 ? RIDGE : 0));
    for (const { row, right } of words) {
      const odds = row.reduce((sum, value, i) => sum + weights[i] * value, 0);
      const chance = 1 / (1 + Math.exp(-odds));
      for (const [i, value] of row.entries()) {
        gradient[i] += value * (Number(right) - chance);
        for (const [j, other] of row.entries()) curvature[i][j] += value * other * chance * (1 - chance);
      }
    }
    for (const [i, by] of solve(curvature, gradient).entries()) weights[i] += by;
  }
  const [bias, word, beside, avgLogprob] = weights.map((weight) => Math.round(1000 * weight) / 1000);
  return { bias, word, beside, avgLogprob };
}

/** Solves a small system by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < rows.length; i++) {
    for (let other = 0; other < rows.length; other++) {
      if (other === i) continue;
      const factor = rows[other][i] / rows[i][i];
      for (let k = i; k <= rows.length; k++) rows[other][k] -= factor * rows[i][k];
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}

/** What was said of words, and what was true. */
type Told = readonly { readonly said: number; readonly right: boolean }[];

function told(words: readonly Judged[], calibration?: Calibration): Told {
  return words.map(({ segment, place, right }) => {
    const said = calibration === undefined
      ? segment.words[place].probability
      : wordConfidences(segment, calibration)[place];
    return { said, right };
  });
}

const BINS = 10;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function bins(words: Told): Told[] {
  return Array.from(
    { length: BINS },
    (_, i) => words.filter(({ said }) => Math.min(BINS - 1, Math.floor(BINS * said)) === i),
  );
}

/** The expected calibration error: how far what is said lies from what is true, over the bins by their words. */
function calibrationError(words: Told): number {
  return bins(words).filter(({ length }) => length > 0).reduce((sum, bin) => {
    const off = Math.abs(mean(bin.map(({ said }) => said)) - mean(bin.map(({ right }) => Number(right))));
    return sum + off * bin.length / words.length;
  }, 0);
}

/** How often a right word is told from a wrong one: the area under the curve of both errors. */
function area(words: Told): number {
  const sorted = [...words].sort((a, b) => a.said - b.said);
  let wrong = 0, sum = 0;
  for (const { right } of sorted) {
    if (right) sum += wrong;
    else wrong++;
  }
  return sum / (wrong * (words.length - wrong));
}

const print = (...cells: unknown[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
const percent = (share: number) => (100 * share).toFixed(1);

function printTable(words: readonly Judged[], calibration: Calibration): void {
  print("bin", "words", "probability, %", "right, %", "words", "confidence, %", "right, %");
  const [before, after] = [bins(told(words)), bins(told(words, calibration))];
  for (let i = BINS - 1; i >= 0; i--) {
    const cells = [before[i], after[i]].flatMap((bin) => [
      bin.length,
      ...bin.length === 0 ? ["", ""] : [
        percent(mean(bin.map(({ said }) => said))),
        percent(mean(bin.map(({ right }) => Number(right)))),
      ],
    ]);
    print(`${10 * i} to ${10 * i + 10}`, ...cells);
  }
}

function printErrors(what: string, words: readonly Judged[], calibration: Calibration): void {
  if (words.length === 0) return;
  const [before, after] = [told(words), told(words, calibration)];
  print(
    what,
    words.length,
    percent(mean(words.map(({ right }) => Number(right)))),
    ...[before, after].flatMap((each) => [percent(calibrationError(each)), area(each).toFixed(3)]),
  );
}

const files = process.argv.slice(2).map((argument) => argument.split("="));
const kinds = files.map(([name, path]) => {
  const segments: HeardSegment[] = readFileSync(path, "utf8").trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  const words = judgedWords(segments);
  const of = (set: HeardSegment["set"]) => words.filter(({ segment }) => segment.set === set);
  return { name, fitted: of("fit"), held: of("held"), calibration: fit(of("fit")) };
});
const general = fit(kinds.flatMap(({ fitted }) => fitted));
for (const { name, fitted, held, calibration } of kinds) {
  print(name, `${fitted.length} words fitted`, `${held.length} held out`, JSON.stringify(calibration));
  printTable(held, calibration);
  print("held out", "words", "right, %", "error before, %", "area", "error after, %", "area");
  printErrors("all", held, calibration);
  const some = (what: string, is: (segment: HeardSegment) => boolean) =>
    printErrors(what, held.filter(({ segment }) => is(segment)), calibration);
  some("without noise", ({ noise }) => noise === "none");
  for (const noise of ["people", "pink noise", "music"]) some(noise, (segment) => segment.noise === noise);
  for (const level of [10, 5, 0]) some(`${level} dB`, (segment) => segment.level === level);
  some("LibriVox and a speech", ({ file }) => Number.isNaN(Number(file.split(/[-.]/)[2])));
  some("French", ({ language }) => language === "fr");
  printErrors("with the general one", held, general);
  const others = kinds.filter((kind) => kind.name !== name).flatMap(({ fitted }) => fitted);
  if (others.length > 0) printErrors("with that of the others", held, fit(others));
}

const spell = ({ bias, word, beside, avgLogprob }: Calibration) =>
  `{ bias: ${bias}, word: ${word}, beside: ${beside}, avgLogprob: ${avgLogprob} }`;
writeFileSync(
  new URL("../../lib/confidence/calibrations.ts", import.meta.url),
  `/** The calibrations of word confidences, written by \`scripts/confidence/fit.ts\`; \`README.md\` beside it says on what. */
import type { Calibration } from "./word_confidence.ts";

/** A kind of model, and its calibration. */
export interface CalibratedKind {
  readonly nAudioState: number;
  readonly isMultilingual: boolean;
  readonly calibration: Calibration;
}

/** Those of ${kinds.map(({ name }) => name).join(" and ")}. */
export const CALIBRATIONS: readonly CalibratedKind[] = [
${
    kinds.map(({ name, calibration }) =>
      `  {
    nAudioState: ${KINDS[name].nAudioState},
    isMultilingual: ${KINDS[name].isMultilingual},
    calibration: ${spell(calibration)},
  },
`
    ).join("")
  }];

/** The one for all others, fitted on these together. */
export const GENERAL: Calibration = ${spell(general)};
`,
);

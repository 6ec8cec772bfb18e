/**
 * How sure it is that a word is right, as a share of the words that are: of a hundred words with a confidence of 0.8,
 * eighty were said. A word's `probability` is the model's own, and says too much where the words around it are doubtful.
 */
import type { ModelDimensions } from "../checkpoint/types.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import { CALIBRATIONS, GENERAL } from "./calibrations.ts";

/** What the log odds of a word are the sum of: a logistic regression, all of whose weights are positive. */
export interface Calibration {
  /** What is added to the rest. */
  readonly bias: number;
  /** Of the log odds of the word's own probability. */
  readonly word: number;
  /** Of the mean of those of the words beside it: two before and two after, of the same segment. */
  readonly beside: number;
  /** Of the mean log-probability of the window's tokens. */
  readonly avgLogprob: number;
}

/** Words on either side. */
const BESIDE = 2;

/** No probability counts as nearer to 0 or 1. */
const LEAST = 1e-4;

/** Chooses the calibration for a model: that of its kind, or the one for all. */
export function calibrationFor(
  { nAudioState }: Pick<ModelDimensions, "nAudioState">,
  { isMultilingual }: { readonly isMultilingual: boolean },
): Calibration {
  const found = CALIBRATIONS.find((kind) =>
    kind.nAudioState === nAudioState && kind.isMultilingual === isMultilingual
  );
  return found?.calibration ?? GENERAL;
}

/** Gives the words of a segment their confidence. */
export function withConfidences(segment: Segment, calibration: Calibration): Segment {
  const { words } = segment;
  if (words === undefined) return segment;
  const confidences = wordConfidences(segment, calibration);
  return { ...segment, words: words.map((word, i) => ({ ...word, confidence: confidences[i] })) };
}

/** How sure it is of each word of a segment, from 0 to 1. */
export function wordConfidences(
  { words = [], avgLogprob }: { readonly words?: readonly Word[]; readonly avgLogprob: number },
  calibration: Calibration,
): number[] {
  const odds = words.map(({ probability }) => logOdds(probability));
  return evidenceOf(odds, avgLogprob).map(({ word, beside, avgLogprob }) =>
    rounded(logistic(
      calibration.bias + calibration.word * word + calibration.beside * beside +
        calibration.avgLogprob * avgLogprob,
    ))
  );
}

/** What speaks for a word, by the weights it counts with. */
export type Evidence = Readonly<Omit<Calibration, "bias">>;

/** What speaks for each word, of whose own log odds. */
export function evidenceOf(odds: readonly number[], avgLogprob: number): Evidence[] {
  return odds.map((word, i) => {
    const others = [...odds.slice(Math.max(0, i - BESIDE), i), ...odds.slice(i + 1, i + 1 + BESIDE)];
    // One that stands alone has none but itself.
    const beside = others.length === 0 ? word : others.reduce((sum, each) => sum + each, 0) / others.length;
    return { word, beside, avgLogprob };
  });
}

/** `log(p / (1 - p))` of a probability. */
export function logOdds(probability: number): number {
  const inside = Math.min(Math.max(probability, LEAST), 1 - LEAST);
  return Math.log(inside / (1 - inside));
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** To four decimals: the runtimes' logarithms differ in the last bits. */
function rounded(value: number): number {
  return Math.round(10_000 * value) / 10_000;
}

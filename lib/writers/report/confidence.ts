/** How sure it is of a word, in steps that can be told apart. */
import type { Word } from "../../transcription/segments.ts";
import { sureness } from "../transcript.ts";

/** A step. */
export interface ConfidenceLevel {
  /** What a page calls it. */
  readonly label: string;
  /** The least confidence of its words. */
  readonly from: number;
}

/** The steps, the surest first. */
export const CONFIDENCE_LEVELS: readonly ConfidenceLevel[] = [
  { label: "80 % and more", from: 0.8 },
  { label: "50 to 80 %", from: 0.5 },
  { label: "30 to 50 %", from: 0.3 },
  { label: "below 30 %", from: 0 },
];

/** The index of the step that a word is of. What is no number is taken for sure: nothing is known. */
export function confidenceLevel(word: Pick<Word, "confidence" | "probability">): number {
  const sure = sureness(word);
  return Number.isNaN(sure) ? 0 : CONFIDENCE_LEVELS.findIndex(({ from }) => sure >= from);
}

/** Spells a confidence: `37 %`. */
export function spellConfidence(confidence: number): string {
  return `${Math.round(100 * confidence)} %`;
}

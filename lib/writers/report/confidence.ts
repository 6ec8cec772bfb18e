/** How sure the model is of a word, in steps that can be told apart. */

/** A step. */
export interface ConfidenceLevel {
  /** What a page calls it. */
  readonly label: string;
  /** The least probability of its words. */
  readonly from: number;
}

/** The steps, the surest first. */
export const CONFIDENCE_LEVELS: readonly ConfidenceLevel[] = [
  { label: "80 % and more", from: 0.8 },
  { label: "50 to 80 %", from: 0.5 },
  { label: "30 to 50 %", from: 0.3 },
  { label: "below 30 %", from: 0 },
];

/** The index of the step that a probability is of. What is no number is taken for sure: nothing is known. */
export function confidenceLevel(probability: number): number {
  return Number.isNaN(probability) ? 0 : CONFIDENCE_LEVELS.findIndex(({ from }) => probability >= from);
}

/** Spells a probability: `37 %`. */
export function spellProbability(probability: number): string {
  return `${Math.round(100 * probability)} %`;
}

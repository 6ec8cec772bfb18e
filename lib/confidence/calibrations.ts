/** The calibrations of word confidences, written by `scripts/confidence/fit.ts`; `README.md` beside it says on what. */
import type { Calibration } from "./word_confidence.ts";

/** A kind of model, and its calibration. */
export interface CalibratedKind {
  readonly nAudioState: number;
  readonly isMultilingual: boolean;
  readonly calibration: Calibration;
}

/** Those of tiny.en and base. */
export const CALIBRATIONS: readonly CalibratedKind[] = [
  {
    nAudioState: 384,
    isMultilingual: false,
    calibration: { bias: 0.15, word: 0.639, beside: 0.4, avgLogprob: 0.989 },
  },
  {
    nAudioState: 512,
    isMultilingual: true,
    calibration: { bias: -0.342, word: 0.7, beside: 0.26, avgLogprob: 0.166 },
  },
];

/** The one for all others, fitted on these together. */
export const GENERAL: Calibration = { bias: -0.148, word: 0.667, beside: 0.335, avgLogprob: 0.539 };

/** Why a window was decoded again, and why text of it was left out, as people read it. */
import type { DiscardReason, RetryReason } from "../transcription/explain.ts";

/** Why another temperature was tried. */
export const RETRY_REASONS: Readonly<Record<RetryReason, string>> = {
  compressionRatio: "it repeats itself",
  avgLogprob: "the model is unsure",
};

/** Why text was left out. */
export const DISCARD_REASONS: Readonly<Record<DiscardReason, string>> = {
  noSpeech: "no speech",
  leadingSilence: "may be hallucinated after silence, decoded again from its end",
  hallucination: "may be hallucinated between silences",
  noDuration: "no duration",
  unfinished: "open at the end of the window, decoded again in the next",
};

/** What the writers need of a transcription. */
import type { WindowReport } from "../transcription/explain.ts";
import type { Segment, TimeSpan, Word } from "../transcription/segments.ts";

/** What `transcribe` gives, as far as it is written. */
export interface Transcript {
  /** The whole text. */
  readonly text: string;
  /** The segments in order. */
  readonly segments: readonly Segment[];
  /** The code of the language, as `"en"`. */
  readonly language: string;
  /** What is spoken and is not in the text, if that was known before (`align`). */
  readonly extraSpeech?: readonly (TimeSpan & { readonly text: string; readonly probability: number })[];
  /** What happened in each window, if `explain` was asked for: for `html` and `svg`. */
  readonly windows?: readonly WindowReport[];
  /** What was left out because nobody speaks there, if `vad` and `explain` were asked for: for `html` and `svg`. */
  readonly silences?: readonly TimeSpan[];
}

/** How sure it is of a word: its confidence, or its probability where it has none, as those of openai/whisper. */
export function sureness({ confidence, probability }: Pick<Word, "confidence" | "probability">): number {
  return confidence ?? probability;
}

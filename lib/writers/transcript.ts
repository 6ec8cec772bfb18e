/** What the writers need of a transcription. */
import { wrongArgument } from "../errors.ts";
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

/** Whether a segment or a word is spoken. Of a text that was known before, some may not be. */
export function isSpoken({ spoken }: Pick<Word, "spoken">): boolean {
  return spoken !== false;
}

/**
 * Checks that a value is a transcription, as far as every writer reads it.
 *
 * @throws {TypeError} when it is none: the message says what is missing.
 */
export function checkTranscript(result: unknown): void {
  const { segments } = (result ?? {}) as Partial<Transcript>;
  const fail = (what: string) =>
    wrongArgument(
      "INVALID_INPUT",
      `Cannot write a transcription: ${what}; wanted what transcribe() or align() gave`,
    );
  if (!Array.isArray(segments)) throw fail("it has no segments");
  for (const [i, segment] of segments.entries()) {
    const { start, end, text, words = [] } = (segment ?? {}) as Partial<Segment>;
    if (!isSpan({ start, end }) || typeof text !== "string") {
      throw fail(`segment ${i} has no start, end and text`);
    }
    const areWords = Array.isArray(words) &&
      words.every((word) => word && isSpan(word) && typeof word.word === "string");
    if (!areWords) throw fail(`a word of segment ${i} has no start, end and word`);
  }
}

function isSpan({ start, end }: Partial<TimeSpan>): boolean {
  return typeof start === "number" && typeof end === "number";
}

/** Segments that were heard of a known text. */
import type { Segment, Word } from "../../lib/transcription/segments.ts";

/** A word, and whether it was said; unknown of what has no letters. */
export type JudgedWord = Word & { readonly right?: boolean };

/** A segment of a recording of a known text. */
export interface HeardSegment extends Omit<Segment, "words"> {
  /** The recording. */
  readonly file: string;
  readonly language: string;
  /** Whether calibrations are fitted on it, or it is held out. */
  readonly set: "fit" | "held";
  /** What sounds behind it, and how many decibels below; nothing where there is `null`. */
  readonly noise: string;
  readonly level: number | null;
  readonly words: readonly JudgedWord[];
}

/** What aligning a known text gives. */
import type { Segment, TimeSpan, Transcription, Word } from "../transcription/segments.ts";

/** A word of the text. */
export interface AlignedWord extends Word {
  /** Whether it is heard. Where it is not, it starts and ends beside its neighbours. */
  readonly spoken: boolean;
  /** How sure it is that it is heard: the probability of its tokens, given the sound and the text before it. */
  readonly probability: number;
}

/** A line of the text. */
export interface AlignedSegment extends Segment {
  /** Whether any of it is heard. */
  readonly spoken: boolean;
  /** How sure it is that the line is spoken there: the mean over its words, 0 for those that are not heard. */
  readonly confidence: number;
  /** Its words. */
  readonly words: readonly AlignedWord[];
}

/** Speech that the text does not have. */
export interface ExtraSpeech extends TimeSpan {
  /** What is heard. */
  readonly text: string;
  /** Mean probability of its words. */
  readonly probability: number;
}

/** A text with its times. */
export interface Alignment extends Transcription {
  /** A segment for each line, in order, also for lines that are not spoken. */
  readonly segments: readonly AlignedSegment[];
  /** What is spoken and is not in the text, in order. */
  readonly extraSpeech: readonly ExtraSpeech[];
}

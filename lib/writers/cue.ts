/** A cue of subtitles. */
import type { Word } from "../transcription/segments.ts";
import type { Voice } from "./voice_name.ts";

/** A text and when it is shown. */
export interface Cue extends Voice {
  /** When it appears, in seconds. */
  readonly start: number;
  /** When it goes, in seconds. */
  readonly end: number;
  /** What is shown, perhaps of several lines. */
  readonly text: string;
  /** Its words, where there are, as they stand in the lines: one that starts a line after the first has a newline before. */
  readonly words?: readonly Word[];
}

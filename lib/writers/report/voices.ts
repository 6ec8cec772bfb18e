/** Whose voice a segment is of, where that is known. */
import type { Segment } from "../../transcription/segments.ts";
import { voiceName } from "../voice_name.ts";

/** Voices that the style of the page has a colour for; of more, some share one. */
const COLOURED_VOICES = 6;

/** The voices of a transcription, in the order in which they are first heard. */
export function voicesOf(segments: readonly Segment[]): string[] {
  return [...new Set(segments.map(voiceName).filter((voice) => voice !== undefined))];
}

/** The class of a voice's colour. */
export function voiceClass(voice: string, voices: readonly string[]): string {
  return `voice-${voices.indexOf(voice) % COLOURED_VOICES}`;
}

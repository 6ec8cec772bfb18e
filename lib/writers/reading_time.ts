/** How long cues are shown: as long as reading them takes, and with a pause before the next. */
import { characterCount } from "../python/python_text.ts";
import type { Cue } from "./cue.ts";
import type { SubtitleOptions } from "./subtitle_options.ts";

/**
 * Lets cues stay until they are read, and go a while before the next comes. Neither changes when one comes, nor the order;
 * cues in which words light up stay as they are.
 */
export function* withReadingTime(
  cues: Iterable<Cue>,
  { maxCharsPerSecond, minGap, highlightWords }: SubtitleOptions,
): Generator<Cue> {
  if (highlightWords || !(maxCharsPerSecond || minGap)) return yield* cues;
  let held: Cue | undefined;
  for (const cue of cues) {
    if (held !== undefined) yield timed(held, cue.start);
    held = cue;
  }
  if (held !== undefined) yield timed(held, Infinity);

  function timed(cue: Cue, next: number): Cue {
    const { start, end, text, words } = cue;
    // Marks are not read.
    const read = words?.map(({ word }) => word).join("") ?? text;
    const needed = maxCharsPerSecond ? characterCount(read.trim()) / maxCharsPerSecond : 0;
    const latest = Math.max(next - (minGap ?? 0), Math.min(end, (start + next) / 2));
    const wanted = Math.min(Math.max(end, start + needed), latest);
    // What comes with the next, or after it, does so because it was said so.
    return { ...cue, end: next <= start ? end : Math.max(wanted, start) };
  }
}

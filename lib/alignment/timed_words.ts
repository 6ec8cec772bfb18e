/** Times for the words of the text that were heard word for word. */
import type { TimeSpan, Word } from "../transcription/segments.ts";
import { characterCount } from "../python/python_text.ts";
import type { Units } from "./match_words.ts";
import { mean } from "./mean.ts";

/** When a word is spoken, and how sure that is. */
export interface WordTime {
  start: number;
  end: number;
  probability: number;
}

/** The middle of a time. */
export function middleOf({ start, end }: TimeSpan): number {
  return (start + end) / 2;
}

/** The time of a word of the text, and the words heard for it. */
export interface MatchedWord extends WordTime {
  /** The first word heard for it. */
  readonly first: number;
  /** The last word heard for it. */
  readonly last: number;
}

/**
 * Gives the words of the text the times of the words heard for them.
 *
 * @param places For each unit of the text that of what was heard, or -1.
 * @param count The words of the text.
 * @returns For each word of the text, its time; `undefined` where not all of it was heard in one go.
 */
export function timesOfMatches(
  places: Int32Array,
  count: number,
  text: Units,
  heard: Units & { readonly timed: readonly Word[] },
): (MatchedWord | undefined)[] {
  const times: (MatchedWord | undefined)[] = Array.from({ length: count }, () => undefined);
  for (let i = 0; i < text.units.length;) {
    const word = text.words[i];
    let end = i + 1;
    while (end < text.units.length && text.words[end] === word) end++;
    if (places[i] >= 0 && places[end - 1] - places[i] === end - 1 - i) {
      const first = places[i], last = places[end - 1];
      const probabilities = Array.from(
        { length: last - first + 1 },
        (_, k) => heard.timed[heard.words[first + k]].probability,
      );
      times[word] = {
        start: borderOf(first, heard),
        end: last + 1 < heard.units.length && heard.words[last + 1] === heard.words[last]
          ? borderOf(last + 1, heard)
          : heard.timed[heard.words[last]].end,
        probability: mean(probabilities),
        first: heard.words[first],
        last: heard.words[last],
      };
    }
    i = end;
  }
  return times;
}

/** When a unit starts: in a word of several, by the letters before it. */
function borderOf(
  unit: number,
  { units, words, timed }: Units & { readonly timed: readonly Word[] },
): number {
  const word = words[unit];
  const { start, end } = timed[word];
  let before = 0, all = 0;
  for (let i = words.indexOf(word, Math.max(0, unit - MOST_UNITS)); words[i] === word; i++) {
    const length = characterCount(units[i]);
    if (i < unit) before += length;
    all += length;
  }
  return before === 0 ? start : start + (end - start) * before / all;
}

/** No word has more units: where one is looked for. */
const MOST_UNITS = 400;

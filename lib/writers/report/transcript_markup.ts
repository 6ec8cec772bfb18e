/** The text of a page: its segments with their words, and the words to look at again. */
import { strip } from "../../python/python_text.ts";
import type { Segment, TimeSpan, Word } from "../../transcription/segments.ts";
import { formatClock } from "../timestamp.ts";
import { isSpoken, sureness, type Transcript } from "../transcript.ts";
import { voiceName } from "../voice_name.ts";
import { CONFIDENCE_LEVELS, confidenceLevel, spellConfidence } from "./confidence.ts";
import { type Markup, markup } from "./markup.ts";
import { voiceClass } from "./voices.ts";

/** Words that are listed to be looked at again. */
const MOST_DOUBTFUL = 40;

/** A word of a lower confidence is listed. */
const DOUBTFUL = 0.5;

/** Words before and after a listed one. */
const CONTEXT = 3;

/** Two decimals are the frames of words. */
const seconds = (time: number) => String(Math.round(time * 100) / 100);

/** A stretch for the page's script: `12.34 15.6`. */
export function spellSpan({ start, end }: TimeSpan): string {
  return `${seconds(start)} ${seconds(end)}`;
}

/** A button that plays from a moment. */
export function playButton(from: number): Markup {
  const clock = formatClock(from);
  return markup`<button class="segment__time" type="button" data-play="${
    seconds(from)
  }" aria-label="Play from ${clock}">${clock}</button>`;
}

/** The segments, and what is spoken and not in a text that was known before, in order. */
export function transcriptMarkup(
  { segments, language, extraSpeech = [] }: Transcript,
  voices: readonly string[],
): Markup {
  const items = [
    ...segments.map((segment, i) => {
      // Who goes on is not named again.
      const voice = voiceName(segment),
        named = i > 0 && voiceName(segments[i - 1]) === voice ? undefined : voice;
      return { at: segment.start, item: segmentMarkup(segment, named, voices) };
    }),
    ...extraSpeech.map((extra) => ({
      at: extra.start,
      item: markup`<li class="segment is-extra" data-t="${spellSpan(extra)}">${
        playButton(extra.start)
      }<p class="segment__text" dir="auto"><span class="segment__note">Not in the text:</span> ${
        strip(extra.text)
      }</p></li>\n`,
    })),
  ].toSorted((one, other) => one.at - other.at);
  return markup`<ol class="segments" id="segments" lang="${language}">
${items.map(({ item }) => item)}</ol>`;
}

function segmentMarkup(segment: Segment, voice: string | undefined, voices: readonly string[]): Markup {
  const isHeard = isSpoken(segment);
  const time = isHeard && markup` data-t="${spellSpan(segment)}"`;
  const named = voice !== undefined &&
    markup`<span class="segment__voice ${voiceClass(voice, voices)}">${voice}:</span> `;
  const note = !isHeard && markup`<span class="segment__note">Not spoken:</span> `;
  return markup`<li class="segment${isHeard ? "" : " is-unspoken"}"${time}>${
    isHeard ? playButton(segment.start) : markup`<span></span>`
  }<p class="segment__text" dir="auto">${named}${note}${
    segment.words?.length ? wordsMarkup(segment.words) : strip(segment.text)
  }</p></li>\n`;
}

/** The words with what lies between them outside of their marks. */
function wordsMarkup(words: readonly Word[]): Markup[] {
  return words.map((word, i) => {
    const text = strip(word.word);
    const [before, after] = text === "" ? [word.word, ""] : word.word.split(text, 2);
    const leading = i === 0 ? "" : before;
    if (text === "") return markup`${leading}`;
    if (!isSpoken(word)) return markup`${leading}<s>${text}</s>${after}`;
    const level = confidenceLevel(word);
    const mark = level > 0 && markup` class="unsure-${level}"`;
    return markup`${leading}<span${mark} data-t="${spellSpan(word)}" data-p="${
      Math.round(100 * sureness(word))
    }">${text}</span>${after}`;
  });
}

/** What the colours of words mean. */
export function legendMarkup(): Markup {
  return markup`<p class="legend"><span>Confidence in words:</span>${
    CONFIDENCE_LEVELS.map(({ label }, level) =>
      markup` <span${level > 0 && markup` class="unsure-${level}"`}>${label}</span>`
    )
  }</p>`;
}

/** The words of least confidence with those around them, the least sure first. */
export function doubtsMarkup({ segments, language }: Transcript): Markup | undefined {
  const doubts = segments.flatMap(({ words = [] }) =>
    words.map((word, i) => ({ word, words, i })).filter(({ word }) =>
      sureness(word) < DOUBTFUL && isSpoken(word) && strip(word.word) !== ""
    )
  ).toSorted((one, other) => sureness(one.word) - sureness(other.word));
  if (doubts.length === 0) return undefined;
  const items = doubts.slice(0, MOST_DOUBTFUL).map(({ word, words, i }) => {
    const spell = (some: readonly Word[]) => some.map(({ word }) => word).join("");
    const from = Math.max(0, i - CONTEXT);
    return markup`<li class="doubt">${playButton(words[from].start)}<p dir="auto">${
      spell(words.slice(from, i))
    } <strong class="unsure-${confidenceLevel(word)}">${strip(word.word)}</strong>${
      spell(words.slice(i + 1, i + 1 + CONTEXT))
    }</p><span class="hint">${spellConfidence(sureness(word))}</span></li>\n`;
  });
  const rest = doubts.length - items.length;
  return markup`<ol class="doubts" lang="${language}">
${items}</ol>${rest > 0 && markup`<p class="hint">And ${rest} more below ${spellConfidence(DOUBTFUL)}.</p>`}`;
}

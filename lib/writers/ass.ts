/** Subtitles of Advanced SubStation Alpha, whose words light up as they are spoken, as for karaoke. */
import { roundHalfEven } from "../python/round_half_even.ts";
import type { Word } from "../transcription/segments.ts";
import type { Cue } from "./cue.ts";
import type { SubtitleOptions } from "./subtitle_options.ts";
import { cues } from "./subtitles.ts";
import { sureness, type Transcript } from "./transcript.ts";
import { voiceName } from "./voice_name.ts";

/** White words that were spoken, grey ones that are to come, a black border; below the middle. Colours are `AABBGGRR`. */
const HEADER = `[Script Info]
ScriptType: v4.00+
PlayResX: 1280
PlayResY: 720
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,44,&H00FFFFFF,&H00A0A0A0,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,2,1,2,60,60,40,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`;

/** What an unsure word is written in: orange, until the style's colour comes back. */
const UNSURE = "{\\1c&H008CFF&}";
const SURE = "{\\1c}";

/** Spells ASS subtitles. Words have their times in `\\k` tags, in hundredths of a second. */
export function toAss({ segments }: Transcript, options: SubtitleOptions = {}): string {
  // Words light up by themselves.
  const layout = { ...options, highlightWords: false };
  let ass = HEADER;
  for (const cue of cues(segments, layout)) {
    const { start, end } = cue, voice = voiceName(cue) ?? "";
    ass += `Dialogue: 0,${clock(start)},${clock(end)},Default,${voice},0,0,0,,${spell(cue, options)}\n`;
  }
  return ass;
}

function spell({ start, text, words }: Cue, { highlightUnsure }: SubtitleOptions): string {
  if (words === undefined) return plain(text);
  let reached = hundredths(start);
  let line = "";
  const wait = (until: number) => {
    const lasts = Math.max(0, until - reached);
    reached += lasts;
    return lasts;
  };
  for (const word of words) {
    const pause = wait(hundredths(word.start));
    if (pause > 0) line += `{\\k${pause}}`;
    line += `{\\k${wait(hundredths(word.end))}}${marked(word, highlightUnsure)}`;
  }
  return line;
}

function marked(word: Word, highlightUnsure: number | null = null): string {
  const text = plain(word.word);
  return highlightUnsure && sureness(word) < highlightUnsure ? `${UNSURE}${text}${SURE}` : text;
}

/** Takes their meaning from the characters that have one. A backslash cannot be escaped: a slash stands for it. */
function plain(text: string): string {
  return text.replaceAll("\\", "/").replaceAll(/[{}]/g, "\\$&").replaceAll("\n", "\\N");
}

function hundredths(seconds: number): number {
  return roundHalfEven(seconds * 100);
}

/** Spells seconds as `H:MM:SS.cc`. */
function clock(seconds: number): string {
  const all = hundredths(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(all / 360_000), Math.floor(all / 6000) % 60, all % 6000];
  return `${hours}:${two(minutes)}:${two(Math.floor(rest / 100))}.${two(rest % 100)}`;
}

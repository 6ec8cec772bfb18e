/** The flags that lay out subtitles, and how the writers are told of them. */
import type { SubtitleOptions } from "../../writers/format_transcription.ts";
import { boolean, optionalInteger, optionalNumber, threshold } from "./flag_kinds.ts";
import type { FlagValues } from "./parse_flags.ts";

/** The flags; the first four are openai/whisper's. */
export const SUBTITLE_FLAGS = {
  highlight_words: boolean(false, { help: "underline words as they are spoken, in srt and vtt" }),
  max_line_width: optionalInteger(null, { help: "most characters of a subtitle's line" }),
  max_line_count: optionalInteger(null, { help: "most lines of a subtitle" }),
  max_words_per_line: optionalInteger(null, { help: "most words of a subtitle" }),
  max_chars_per_second: optionalNumber(null, { help: "reading speed: a subtitle with more stays longer" }),
  min_gap: optionalNumber(null, { help: "least seconds between two subtitles" }),
  highlight_unsure: threshold(0.5, {
    help: "mark words of a lower confidence than this, in txt, srt, vtt and ass",
  }),
} as const;

/** The writers' options. */
export function subtitleOptionsFrom(flags: FlagValues<typeof SUBTITLE_FLAGS>): SubtitleOptions {
  return {
    maxLineWidth: flags.max_line_width,
    maxLineCount: flags.max_line_count,
    maxWordsPerLine: flags.max_words_per_line,
    highlightWords: flags.highlight_words,
    highlightUnsure: flags.highlight_unsure,
    maxCharsPerSecond: flags.max_chars_per_second,
    minGap: flags.min_gap,
  };
}

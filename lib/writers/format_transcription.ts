/**
 * A transcription as text, subtitles, a table or JSON, byte for byte what openai/whisper writes for the same
 * result, but that no cue is empty or ended by its own text, and none of WebVTT has tags that it is not to have. The
 * writers of its `utils.py`.
 *
 * @example Subtitles with at most 42 characters a line
 * ```ts ignore
 * import { formatTranscription } from "jsr:@sotto/whisper/writers";
 *
 * const result = await model.transcribe("talk.mp3", { wordTimestamps: true });
 * console.log(formatTranscription(result, "srt", { maxLineWidth: 42, maxLineCount: 2 }));
 * ```
 *
 * @module
 */
import { characterCount, strip } from "../python/python_text.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import type { Waveform } from "../audio/waveform/waveform_meter.ts";
import { outOfRange } from "../errors.ts";
import type {
  DecodingAttempt,
  DiscardedText,
  DiscardReason,
  RetryReason,
  WindowReport,
} from "../transcription/explain.ts";
import type { Segment, TimeSpan, Word } from "../transcription/segments.ts";
import { toJson } from "./json.ts";
import { toAss } from "./ass.ts";
import { checkSubtitleOptions, type SubtitleOptions } from "./subtitle_options.ts";
import { cues } from "./subtitles.ts";
import { type TableOptions, toCsv, toCtm, toRttm } from "./tables.ts";
import { toHtml } from "./report/html.ts";
import type { ReportOptions } from "./report/report_options.ts";
import { toSvg } from "./report/svg.ts";
import { formatTimestamp } from "./timestamp.ts";
import { checkTranscript, sureness, type Transcript } from "./transcript.ts";
import { type Voice, voiceColumns, voiceName } from "./voice_name.ts";

export { type ClockOptions, formatTimestamp } from "./timestamp.ts";
export { regroup, type Regrouping, type RegroupLimits } from "../regroup/regroup.ts";
export { type ReportOptions, type TableOptions, toAss, toCsv, toCtm, toHtml, toRttm, toSvg };
export type { Segment, SubtitleOptions, TimeSpan, Transcript, Word };
export type { DecodingAttempt, DiscardedText, DiscardReason, RetryReason, Waveform, WindowReport };
export { checkSubtitleOptions, toJson };

/** The formats of openai/whisper; each is also the extension of its files. */
export const WHISPER_FORMATS = ["txt", "vtt", "srt", "tsv", "json"] as const;

/** The formats there are; each is also the extension of its files. */
export const OUTPUT_FORMATS = [...WHISPER_FORMATS, "ass", "csv", "ctm", "rttm", "html", "svg"] as const;

/** The name of a format. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

/** How a transcription is written. */
export interface FormatOptions extends SubtitleOptions, ReportOptions {
  /**
   * What the recording is called, in `ctm`, `rttm`, `html` and `svg`.
   *
   * @default {"audio"}
   */
  readonly name?: string;
}

/**
 * Spells a transcription in a format; the options of subtitles count in `vtt`, `srt` and `ass`, `highlightUnsure` also in
 * `txt`, those of pictures in `html` and `svg`.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong, there is no such format, the result is no
 * transcription, or has not what it needs: `ctm` words, `rttm` speakers, or channels that were transcribed apart.
 */
export function formatTranscription(
  result: Transcript,
  format: OutputFormat,
  { name, waveform, recording, secondsPerRow, ...options }: FormatOptions = {},
): string {
  checkTranscript(result);
  checkSubtitleOptions(options);
  switch (format) {
    case "txt":
      return toTxt(result, options);
    case "vtt":
      return toVtt(result, options);
    case "srt":
      return toSrt(result, options);
    case "tsv":
      return toTsv(result);
    case "json":
      return toJson(result);
    case "ass":
      return toAss(result, options);
    case "csv":
      return toCsv(result);
    case "ctm":
      return toCtm(result, { name });
    case "rttm":
      return toRttm(result, { name });
    case "html":
      return toHtml(result, { name, waveform, recording, secondsPerRow });
    case "svg":
      return toSvg(result, { name, waveform, recording, secondsPerRow });
    default:
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot write a transcription as "${format}": wanted ${OUTPUT_FORMATS.join(", ")}`,
      );
  }
}

/** Spells the text, a line for each segment. With `highlightUnsure`, unsure words are written `[word?]`. */
export function toTxt(
  { segments }: Transcript,
  { highlightUnsure }: Pick<SubtitleOptions, "highlightUnsure"> = {},
): string {
  const spell = ({ text, words }: Segment) =>
    words !== undefined && highlightUnsure ? markedText(words, highlightUnsure) : text;
  return segments.map((segment) => `${spoken(strip(spell(segment)), segment)}\n`).join("");
}

function markedText(words: readonly Word[], threshold: number): string {
  return words.map((each) =>
    sureness(each) < threshold ? each.word.replace(/\S.*\S|\S/s, (text) => `[${text}?]`) : each.word
  ).join("");
}

/**
 * How WebVTT writes text.
 * Differs from whisper: there `<` and `&` stand as they are, and players take what follows for a tag or an entity.
 */
const VTT_SPELLING = {
  markUnsure: (word: string) => `<c.unsure>${word}</c>`,
  escape: (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
};

/** Spells WebVTT subtitles. Unsure words are of the class `unsure`. */
export function toVtt({ segments }: Transcript, options: SubtitleOptions = {}): string {
  let vtt = "WEBVTT\n\n";
  for (const { start, end, text, ...by } of cues(segments, options, VTT_SPELLING)) {
    const name = voiceName(by), voice = name === undefined ? "" : `<v ${name}>`;
    vtt += `${formatTimestamp(start)} --> ${formatTimestamp(end)}\n${voice}${text}\n\n`;
  }
  return vtt;
}

/** The clock of SubRip. */
const SRT_CLOCK = { alwaysIncludeHours: true, decimalMarker: "," };

/** How SubRip writes text. */
const SRT_SPELLING = {
  markUnsure: (word: string) => `<font color="#ff8c00">${word}</font>`,
  indent: (voice: Voice) => characterCount(spoken("", voice)),
};

/** Spells SubRip subtitles. Unsure words are orange. */
export function toSrt({ segments }: Transcript, options: SubtitleOptions = {}): string {
  let srt = "";
  let number = 1;
  for (const { start, end, text, ...by } of cues(segments, options, SRT_SPELLING)) {
    const times = `${formatTimestamp(start, SRT_CLOCK)} --> ${formatTimestamp(end, SRT_CLOCK)}`;
    srt += `${number++}\n${times}\n${spoken(text, by)}\n\n`;
  }
  return srt;
}

/** Spells a table with a line for each segment: start and end in milliseconds, the text, and the channels and speakers if there are. */
export function toTsv({ segments }: Transcript): string {
  const voices = voiceColumns(segments);
  const lines = segments.map((segment) =>
    [
      roundHalfEven(1000 * segment.start),
      roundHalfEven(1000 * segment.end),
      strip(segment.text).replaceAll("\t", " "),
      ...voices.map((name) => segment[name] ?? ""),
    ].join("\t")
  );
  return [["start", "end", "text", ...voices].join("\t"), ...lines, ""].join("\n");
}

/** A text, with whose voice it is before it if that is known. */
function spoken(text: string, voice: Voice): string {
  const name = voiceName(voice);
  return name === undefined ? text : `${name}: ${text}`;
}

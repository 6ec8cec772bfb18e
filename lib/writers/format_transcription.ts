/**
 * A transcription as text, subtitles, a table or JSON, byte for byte what openai/whisper writes for the same
 * result, but that no cue is empty or ended by its own text. The writers of its `utils.py`.
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
import { strip } from "../python/python_text.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import { outOfRange } from "../errors.ts";
import type { Segment, TimeSpan, Word } from "../transcription/segments.ts";
import { toJson } from "./json.ts";
import { checkSubtitleOptions, cues, type SubtitleOptions } from "./subtitles.ts";

import type { Transcript } from "./transcript.ts";

export { type ClockOptions, formatTimestamp } from "./timestamp.ts";
export type { Segment, SubtitleOptions, TimeSpan, Transcript, Word };
export { checkSubtitleOptions, toJson };

/** The formats there are; each is also the extension of its files. */
export const OUTPUT_FORMATS = ["txt", "vtt", "srt", "tsv", "json"] as const;

/** The name of a format. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

/**
 * Spells a transcription in a format; the options count in `vtt` and `srt`.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong, or there is no such format.
 */
export function formatTranscription(
  result: Transcript,
  format: OutputFormat,
  options: SubtitleOptions = {},
): string {
  checkSubtitleOptions(options);
  switch (format) {
    case "txt":
      return toTxt(result);
    case "vtt":
      return toVtt(result, options);
    case "srt":
      return toSrt(result, options);
    case "tsv":
      return toTsv(result);
    case "json":
      return toJson(result);
    default:
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot write a transcription as "${format}": wanted ${OUTPUT_FORMATS.join(", ")}`,
      );
  }
}

/** Spells the text, a line for each segment. */
export function toTxt({ segments }: Transcript): string {
  return segments.map(({ text, channel }) => `${spoken(strip(text), channel)}\n`).join("");
}

/** Spells WebVTT subtitles. */
export function toVtt({ segments }: Transcript, options: SubtitleOptions = {}): string {
  let vtt = "WEBVTT\n\n";
  for (const { start, end, text, channel } of cues(segments, options, {})) {
    const voice = channel === undefined ? "" : `<v ${channelName(channel)}>`;
    vtt += `${start} --> ${end}\n${voice}${text}\n\n`;
  }
  return vtt;
}

/** Spells SubRip subtitles. */
export function toSrt({ segments }: Transcript, options: SubtitleOptions = {}): string {
  let srt = "";
  let number = 1;
  for (
    const { start, end, text, channel } of cues(segments, options, {
      alwaysIncludeHours: true,
      decimalMarker: ",",
    })
  ) {
    srt += `${number++}\n${start} --> ${end}\n${spoken(text, channel)}\n\n`;
  }
  return srt;
}

/** Spells a table with a line for each segment: start and end in milliseconds, the text, and the channel if there are. */
export function toTsv({ segments }: Transcript): string {
  const isSplit = segments.some(({ channel }) => channel !== undefined);
  const lines = segments.map(({ start, end, text, channel }) =>
    [
      roundHalfEven(1000 * start),
      roundHalfEven(1000 * end),
      strip(text).replaceAll("\t", " "),
      ...(isSplit ? [channel] : []),
    ].join("\t")
  );
  return [["start", "end", "text", ...(isSplit ? ["channel"] : [])].join("\t"), ...lines, ""].join("\n");
}

/** How a channel is called where people read: by its number, from 0, as the options count. */
function channelName(channel: number): string {
  return `Channel ${channel}`;
}

/** A text, with the channel that it was said on before it if there are several. */
function spoken(text: string, channel: number | undefined): string {
  return channel === undefined ? text : `${channelName(channel)}: ${text}`;
}

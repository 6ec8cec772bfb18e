/** Transcriptions as tables that other programs read: CSV, and NIST's CTM and RTTM. */
import { wrongArgument } from "../errors.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import { strip, WHITESPACE } from "../python/python_text.ts";
import { isSpoken, sureness, type Transcript } from "./transcript.ts";
import { voiceColumns } from "./voice_name.ts";

/** What a recording is called in a table. */
export interface TableOptions {
  /**
   * Its name; white space in it becomes `_`.
   *
   * @default {"audio"}
   */
  readonly name?: string;
}

const SPACES = new RegExp(`[${WHITESPACE}]+`, "g");

/**
 * Spells comma-separated values (RFC 4180) with a line for each segment: start and end in milliseconds, the text in
 * quotes, and the channels and speakers if there are.
 */
export function toCsv({ segments }: Transcript): string {
  const voices = voiceColumns(segments);
  const lines = segments.filter(isSpoken).map((segment) =>
    [
      roundHalfEven(1000 * segment.start),
      roundHalfEven(1000 * segment.end),
      `"${strip(segment.text).replaceAll('"', '""')}"`,
      ...voices.map((name) => segment[name] ?? ""),
    ].join(",")
  );
  return [["start", "end", "text", ...voices].join(","), ...lines, ""].join("\n");
}

/**
 * Spells NIST's time marked conversations with a line for each word: the recording, the channel from 1, start and
 * duration in seconds, the word, its confidence.
 *
 * @throws {TypeError} when a segment has no words.
 */
export function toCtm({ segments }: Transcript, { name = "audio" }: TableOptions = {}): string {
  if (!segments.every(({ words }) => words !== undefined)) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot write a transcription as ctm: its segments have no words; transcribe with wordTimestamps",
    );
  }
  return segments.filter(isSpoken).flatMap(({ words = [], channel = 0 }) =>
    words.filter((word) => strip(word.word) !== "" && isSpoken(word)).map((word) =>
      [
        field(name),
        channel + 1,
        seconds(word.start),
        seconds(word.end - word.start),
        field(strip(word.word)),
        sureness(word).toFixed(4),
      ].join(" ") + "\n"
    )
  ).join("");
}

/**
 * Spells NIST's rich transcription time marks with a line for each segment: who speaks when. Speakers are
 * those that were told apart, or the channels that were transcribed apart.
 *
 * @throws {TypeError} when there are neither.
 */
export function toRttm({ segments }: Transcript, { name = "audio" }: TableOptions = {}): string {
  if (segments.some(({ channel, speaker }) => channel === undefined && speaker === undefined)) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot write a transcription as rttm: it does not say who speaks; transcribe with speakers, or with " +
        'channel: "split" where everybody has a channel',
    );
  }
  return segments.filter(isSpoken).map(({ start, end, channel, speaker }) =>
    `SPEAKER ${field(name)} 1 ${seconds(start)} ${seconds(end - start)} <NA> <NA> ${
      speaker === undefined ? `channel${channel}` : `speaker${speaker}`
    } <NA> <NA>\n`
  ).join("");
}

function field(text: string): string {
  return text.replaceAll(SPACES, "_");
}

function seconds(value: number): string {
  return value.toFixed(3);
}

/** What a text file says, whatever its kind: plain text, subtitles, or the JSON of a transcription. */
import { parsePythonJson } from "../python/python_json.ts";

/** A cue's times, as SubRip and WebVTT write them. */
const CUE_TIMES = /^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}/;

/** Blocks of WebVTT that nobody says. */
const SILENT_BLOCK = /^(?:WEBVTT|NOTE|STYLE|REGION)(?:[ \t]|$)/;

const TAG = /<\/?[a-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}/gi;

/** Whose voice it is, as the writers tell it. */
const VOICE = /^(?:Speaker|Channel) \d+: /;

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&nbsp;": " ",
  "&lrm;": "",
  "&rlm;": "",
};

/**
 * Gives the lines of a text: those that are not empty, the text of each cue of SubRip or WebVTT without its tags, with a
 * newline where it goes on in another line, or the text of each segment of a transcription as JSON.
 * The names of speakers and channels that our own writers put before it are no part of it.
 */
export function textLines(text: string): string[] {
  const plain = text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n");
  const lines = segmentTexts(plain)?.map((line) => line.replaceAll("\n", " ")) ??
    (isSubtitles(plain) ? cueTexts(plain) : plain.split("\n"));
  return lines.map((line) => line.replaceAll(/\s*\n\s*/g, "\n").replaceAll(/[^\S\n]+/g, " ").trim())
    .map((line) => line.replace(VOICE, "")).filter((line) => line !== "");
}

function isSubtitles(text: string): boolean {
  return /^WEBVTT(?:\s|$)/.test(text) || text.split("\n", 20).some((line) => CUE_TIMES.test(line));
}

function cueTexts(text: string): string[] {
  return text.split(/\n[ \t]*\n/).map((block) => {
    const lines = block.split("\n").filter((line) => line.trim() !== "");
    const times = lines.findIndex((line) => CUE_TIMES.test(line));
    if (times < 0 && SILENT_BLOCK.test(lines[0] ?? "")) return "";
    return lines.slice(times + 1).join("\n").replaceAll(TAG, "")
      .replaceAll(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (entity) => ENTITIES[entity]);
  });
}

/** The texts of the segments, or the whole text, if this is the JSON of a transcription. */
export function segmentTexts(text: string): string[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const { segments, text: whole } = parsePythonJson(text) as {
      segments?: { text?: unknown }[];
      text?: unknown;
    };
    if (Array.isArray(segments)) return segments.map((segment) => String(segment?.text ?? ""));
    return typeof whole === "string" ? [whole] : undefined;
  } catch {
    return undefined;
  }
}

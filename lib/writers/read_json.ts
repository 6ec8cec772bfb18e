/** What `json` wrote, read again. */
import { wrongArgument } from "../errors.ts";
import { parsePythonJson } from "../python/python_json.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import type { Transcript } from "./transcript.ts";

/** A word or segment as JSON has it. Scores that were no numbers are `null`. */
type Written = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON of a transcription, openai/whisper's or ours.
 *
 * @throws {TypeError} when it is none.
 */
export function readJson(text: string): Transcript {
  let found: unknown;
  try {
    found = parsePythonJson(text);
  } catch (cause) {
    throw wrongArgument("INVALID_INPUT", `Cannot read a transcription: ${(cause as Error).message}`);
  }
  const { segments, text: whole, language, extra_speech: extra } = (found ?? {}) as Written;
  if (!Array.isArray(segments)) {
    throw wrongArgument("INVALID_INPUT", "Cannot read a transcription: it has no segments");
  }
  return {
    text: String(whole ?? ""),
    language: String(language ?? "und"),
    segments: segments.map(segmentOf),
    ...(Array.isArray(extra) && {
      extraSpeech: extra.map((each) => ({
        ...spanOf(each),
        text: textOf(each.text),
        probability: each.probability,
      })),
    }),
  };
}

function segmentOf(written: Written, id: number): Segment {
  const { words, tokens, channel, spoken, speaker } = written;
  return {
    id,
    seek: Number(written.seek ?? 0),
    ...spanOf(written),
    text: textOf(written.text),
    tokens: Array.isArray(tokens) ? tokens : [],
    temperature: numberOf(written.temperature),
    avgLogprob: numberOf(written.avg_logprob),
    compressionRatio: numberOf(written.compression_ratio),
    noSpeechProb: numberOf(written.no_speech_prob),
    ...(Array.isArray(words) && { words: words.map(wordOf) }),
    ...(typeof channel === "number" && { channel }),
    ...(typeof spoken === "boolean" && { spoken }),
    ...(typeof speaker === "number" && { speaker }),
  };
}

function wordOf(written: Written): Word {
  const { word, probability, confidence, spoken, speaker } = written;
  return {
    word: textOf(word),
    ...spanOf(written),
    probability: numberOf(probability),
    ...(typeof confidence === "number" && { confidence }),
    ...(typeof spoken === "boolean" && { spoken }),
    ...(typeof speaker === "number" && { speaker }),
  };
}

function spanOf({ start, end }: Written): { start: number; end: number } {
  if (typeof start === "number" && typeof end === "number") return { start, end };
  throw wrongArgument(
    "INVALID_INPUT",
    "Cannot read a transcription: a segment or a word has no start and end",
  );
}

function textOf(text: unknown): string {
  return String(text ?? "");
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : NaN;
}

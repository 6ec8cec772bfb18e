/**
 * A transcription as JSON, byte for byte what Python's `json.dump` makes of openai/whisper's result: its keys,
 * a space after `,` and `:`, ASCII only, floats that keep their `.0`.
 */
import { wrongArgument } from "../errors.ts";
import { floatRepr } from "../python/python_text.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import type { Transcript } from "./transcript.ts";

/**
 * Spells a transcription as JSON. NaN is spelt `NaN`, as there.
 *
 * @throws {TypeError} when something of it is missing.
 */
export function toJson({ text, segments, language, extraSpeech }: Transcript): string {
  if (typeof text !== "string" || typeof language !== "string" || !segments.every(isWhole)) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot write a transcription as json: it lacks its text or language, or a segment its tokens or scores",
    );
  }
  return object({
    text: quote(text),
    segments: array(segments.map(segmentJson)),
    language: quote(language),
    ...(extraSpeech && { extra_speech: array(extraSpeech.map(extraJson)) }),
  });
}

function isWhole({ tokens, words = [], ...segment }: Segment): boolean {
  const { temperature, avgLogprob, compressionRatio, noSpeechProb } = segment;
  const scores = [temperature, avgLogprob, compressionRatio, noSpeechProb];
  return Array.isArray(tokens) &&
    [...scores, ...words.map(({ probability }) => probability)].every((score) => typeof score === "number");
}

function segmentJson(segment: Segment): string {
  return object({
    id: String(segment.id),
    seek: String(segment.seek),
    start: floatRepr(segment.start),
    end: floatRepr(segment.end),
    text: quote(segment.text),
    tokens: array(segment.tokens.map(String)),
    temperature: floatRepr(segment.temperature),
    avg_logprob: floatRepr(segment.avgLogprob),
    compression_ratio: floatRepr(segment.compressionRatio),
    no_speech_prob: floatRepr(segment.noSpeechProb),
    ...(segment.words && { words: array(segment.words.map(wordJson)) }),
    ...(segment.channel !== undefined && { channel: String(segment.channel) }),
    ...(segment.spoken !== undefined && { spoken: String(segment.spoken) }),
    ...(segment.speaker !== undefined && { speaker: String(segment.speaker) }),
  });
}

function wordJson({ word, start, end, probability, confidence, spoken, speaker }: Word): string {
  return object({
    word: quote(word),
    start: floatRepr(start),
    end: floatRepr(end),
    probability: floatRepr(probability),
    ...(confidence !== undefined && { confidence: floatRepr(confidence) }),
    ...(spoken !== undefined && { spoken: String(spoken) }),
    ...(speaker !== undefined && { speaker: String(speaker) }),
  });
}

function extraJson(
  { start, end, text, probability }: NonNullable<Transcript["extraSpeech"]>[number],
): string {
  return object({
    start: floatRepr(start),
    end: floatRepr(end),
    text: quote(text),
    probability: floatRepr(probability),
  });
}

function object(members: Record<string, string>): string {
  return `{${Object.entries(members).map(([key, json]) => `"${key}": ${json}`).join(", ")}}`;
}

function array(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** Spells a text with everything beyond ASCII escaped, UTF-16 unit by unit. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

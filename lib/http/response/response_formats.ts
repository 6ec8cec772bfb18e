/** A transcription in the forms that OpenAI's clients read. */
import { languageName } from "../../tokenizer/languages.ts";
import type { Segment, TimeSpan, Word } from "../../../mod.ts";
import { toSrt, toVtt } from "../../writers/format_transcription.ts";
import type { TranscriptionRequest } from "../request/transcription_request.ts";
import type { Finished } from "../work/transcriber.ts";

/** How an answer is to look. */
export type AnswerForm = Pick<TranscriptionRequest, "task" | "format" | "segments" | "words" | "logprobs">;

const TEXT = "text/plain; charset=utf-8";

/** What the text forms say they are. */
const CONTENT_TYPES = {
  text: TEXT,
  srt: "application/x-subrip; charset=utf-8",
  vtt: "text/vtt; charset=utf-8",
};

/** Makes the answer. */
export function formatResponse(result: Finished, form: AnswerForm): Response {
  switch (form.format) {
    case "json":
      return Response.json({ text: spoken(result), ...commonPart(result, form) });
    case "verbose_json":
      return Response.json(verboseBody(result, form));
    case "text":
      return textResponse(`${spoken(result)}\n`, CONTENT_TYPES.text);
    case "srt":
      return textResponse(toSrt(result), CONTENT_TYPES.srt);
    case "vtt":
      return textResponse(toVtt(result), CONTENT_TYPES.vtt);
  }
}

function textResponse(text: string, contentType: string): Response {
  return new Response(text, { headers: { "content-type": contentType } });
}

/** The text as OpenAI gives it: without space around it. */
function spoken({ text }: { text: string }): string {
  return text.trim();
}

/** What `json`, `verbose_json` and the last event have in common. */
export function commonPart(result: Finished, { logprobs }: AnswerForm): Record<string, unknown> {
  return {
    ...(logprobs && { logprobs: result.segments.flatMap(({ words = [] }) => words.map(logprobOf)) }),
    ...(result.windows && { windows: snakeCased(result.windows) }),
    ...(result.silences && { silences: result.silences satisfies readonly TimeSpan[] }),
    usage: { type: "duration", seconds: Math.ceil(result.duration) },
  };
}

/** The body of `verbose_json`. */
export function verboseBody(result: Finished, form: AnswerForm): Record<string, unknown> {
  const language = form.task === "translate" ? "en" : result.language;
  return {
    task: form.task,
    language: languageName(language) ?? language,
    duration: result.duration,
    text: spoken(result),
    ...(form.segments && { segments: result.segments.map(segmentBody) }),
    ...(form.words && { words: result.segments.flatMap(({ words = [] }) => words.map(wordBody)) }),
    ...commonPart(result, form),
  };
}

/** A segment with openai/whisper's names. */
export function segmentBody(segment: Segment): Record<string, unknown> {
  const { words: _words, ...rest } = segment;
  return snakeCased(rest) as Record<string, unknown>;
}

/** A word as OpenAI gives it. */
export function wordBody({ word, start, end }: Word): { word: string; start: number; end: number } {
  return { word: word.trim(), start, end };
}

/** Differs from OpenAI's: the entries are words, which is what Whisper's probabilities are given of. */
export function logprobOf({ word, probability }: Word): Record<string, unknown> {
  return {
    token: word,
    bytes: [...new TextEncoder().encode(word)],
    logprob: Math.log(Math.max(probability, Number.MIN_VALUE)),
  };
}

/** Spells the names in a value as HTTP bodies have them. */
function snakeCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCased(inside),
    ]),
  );
}

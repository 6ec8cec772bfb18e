/** The segments of an aligned text: a line each, with the words that are spoken and those that are not. */
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import { compressionRatio } from "../decoding/compression_ratio.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { Word } from "../transcription/segments.ts";
import type { AlignedSegment, AlignedWord, Alignment, ExtraSpeech } from "./alignment_types.ts";
import { spelledInOne, type TextWord } from "./known_text.ts";
import { mean } from "./mean.ts";
import { leastSeconds } from "./pace.ts";
import type { WordTime } from "./timed_words.ts";

/** Words heard that are not in the text: `[heardFirst, heardEnd)`. */
export interface ExtraWords {
  readonly heardFirst: number;
  readonly heardEnd: number;
}

/** Those words. */
export function heardOf({ heardFirst, heardEnd }: ExtraWords, heard: readonly Word[]): readonly Word[] {
  return heard.slice(heardFirst, heardEnd);
}

/** Everything that is known of an aligned text. */
export interface AlignedText {
  readonly lines: readonly string[];
  readonly words: readonly TextWord[];
  /** The time of each word; `undefined` for one that is not spoken. */
  readonly times: readonly (WordTime | undefined)[];
  readonly heard: readonly Word[];
  readonly extra: readonly ExtraWords[];
  readonly language: string;
  readonly tokenizer: Tokenizer;
}

/** Makes the segments. */
export async function alignedSegments(text: AlignedText): Promise<Alignment> {
  const { lines, words, language, tokenizer } = text;
  const times = inOrder(text.times);
  const segments: AlignedSegment[] = [];
  let next = 0, reached = 0;
  for (const [line, written] of lines.entries()) {
    const from = next;
    while (next < words.length && words[next].line === line) next++;
    const aligned = wordsOfLine(words.slice(from, next), times.slice(from, next), reached);
    const spoken = aligned.filter((word) => word.spoken);
    const start = spoken[0]?.start ?? reached, end = spoken.at(-1)?.end ?? reached;
    reached = end;
    const inOne = spelledInOne(written);
    const lineText = tokenizer.hasSpaces ? ` ${inOne}` : inOne;
    segments.push({
      id: line,
      seek: Math.floor(start * FRAMES_PER_SECOND),
      start,
      end,
      text: lineText,
      tokens: words.slice(from, next).flatMap(({ tokens }) => tokens),
      temperature: 0,
      avgLogprob: mean(spoken.map(({ probability }) => Math.log(Math.max(probability, 1e-10)))),
      compressionRatio: await compressionRatio(written),
      noSpeechProb: 0,
      words: aligned,
      spoken: spoken.length > 0,
      confidence: mean(aligned.map((word) => word.spoken ? word.probability : 0)),
    });
  }
  const whole = segments.map(({ text }) => text).join(tokenizer.hasSpaces ? "" : "\n");
  return { text: whole, segments, language, extraSpeech: extraSpeech(text) };
}

/** Lets no word start before the one before it ends: a word that was looked for may have been counted to its neighbour. */
function inOrder(times: readonly (WordTime | undefined)[]): (WordTime | undefined)[] {
  let last: WordTime | undefined;
  return times.map((time) => {
    if (time === undefined) return undefined;
    const ordered = { ...time, start: round(time.start), end: round(time.end) };
    if (last !== undefined && ordered.start < last.end) {
      last.end = Math.max(last.start, Math.min(last.end, ordered.start));
      ordered.start = Math.max(ordered.start, last.end);
    }
    ordered.end = Math.max(ordered.end, ordered.start);
    last = ordered;
    return ordered;
  });
}

function wordsOfLine(
  words: readonly TextWord[],
  times: readonly (WordTime | undefined)[],
  reached: number,
): AlignedWord[] {
  let place = times.find((time) => time !== undefined)?.start ?? reached;
  return words.map(({ word }, i) => {
    const time = times[i];
    if (time === undefined) return { word, start: place, end: place, probability: 0, spoken: false };
    place = time.end;
    return { word, start: time.start, end: time.end, probability: time.probability, spoken: true };
  });
}

function extraSpeech({ extra, heard }: AlignedText): ExtraSpeech[] {
  // What a transcription makes up where a window ends has no time.
  const parts = extra.map((words) => heardOf(words, heard))
    .filter((words) => words[words.length - 1].end - words[0].start >= leastSeconds(words));
  return parts.map((words) => ({
    start: words[0].start,
    end: words[words.length - 1].end,
    text: words.map(({ word }) => word).join(""),
    probability: mean(words.map(({ probability }) => probability)),
  })).sort((a, b) => a.start - b.start);
}

function round(seconds: number): number {
  return roundHalfEven(seconds * 100) / 100;
}

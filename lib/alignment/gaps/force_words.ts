/** The times of words in a window of sound, given that they are spoken there: by the cross-attention alignment. */
import { FRAMES_PER_SECOND } from "../../audio/log_mel_spectrogram.ts";
import { plainWords } from "../../eval/normalise/plain.ts";
import type { AudioFeatures, EncoderDecoder } from "../../model/types.ts";
import { findAlignment, type WordTiming } from "../../timing/find_alignment.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { LONGEST_MEDIAN } from "../../transcription/word_timestamps.ts";
import type { TextWord } from "../known_text.ts";
import { mean } from "../mean.ts";
import type { WordTime } from "../timed_words.ts";

/** What the words of a window are heard in. */
export interface HeardWindow {
  readonly model: EncoderDecoder;
  readonly features: AudioFeatures;
  readonly tokenizer: Tokenizer;
  /** Where the window starts, in frames of 10 ms. */
  readonly seek: number;
  /** Its frames. */
  readonly size: number;
  readonly signal?: AbortSignal;
}

/** Tokens around those of words: what starts a text, and what ends it. */
const AROUND = 8;

/** Whether the decoder can take so many words at once. */
export function fitsDecoder(words: readonly TextWord[], { dims }: Pick<EncoderDecoder, "dims">): boolean {
  return words.reduce((sum, { tokens }) => sum + tokens.length, AROUND) <= dims.nTextCtx;
}

/** Gives each word its time, in seconds of the recording. The decoder must be able to take them. */
export async function forceWords(
  words: readonly TextWord[],
  { model, features, tokenizer, seek, size, signal }: HeardWindow,
): Promise<WordTime[]> {
  const tokens = words.flatMap((word) => word.tokens);
  const alignment = await findAlignment(model, features, tokenizer, tokens, size, { signal });
  const offset = seek / FRAMES_PER_SECOND;
  const times: WordTime[] = [];
  let next = 0, taken = 0, wanted = 0;
  for (const word of words) {
    wanted += word.tokens.length;
    const parts: WordTiming[] = [];
    for (; next < alignment.length && taken < wanted; next++) {
      parts.push(alignment[next]);
      taken += alignment[next].tokens.length;
    }
    // Marks that belong to a word are not spoken.
    const spoken = parts.filter(({ word }) => plainWords(word).length > 0);
    const [first, last] = spoken.length > 0
      ? [spoken[0], spoken[spoken.length - 1]]
      : [parts[0], parts.at(-1)];
    const before = times.at(-1)?.end ?? offset;
    times.push({
      start: first === undefined ? before : offset + first.start,
      end: last === undefined ? before : offset + last.end,
      probability: mean((spoken.length > 0 ? spoken : parts).map(({ probability }) => probability)),
    });
  }
  return withoutPauses(times);
}

/** Takes pauses from the words they were counted to: from the end of a word, where it is followed by none. */
function withoutPauses(times: readonly WordTime[]): WordTime[] {
  const durations = times.map(({ start, end }) => end - start).filter((duration) => duration > 0)
    .sort((a, b) => a - b);
  // One that is more than twice as long as a typical one has a pause in it.
  const longest = 2 * Math.min(LONGEST_MEDIAN, durations[durations.length >> 1] ?? LONGEST_MEDIAN);
  // A pause is heard with the word before it or after it; which, is not known: the word keeps its part next to the other.
  return times.map((time, i) => {
    if (time.end - time.start <= 2 * longest) return time;
    return i === 0 ? { ...time, start: time.end - longest } : time;
  });
}

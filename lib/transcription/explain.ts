/**
 * What happened in each window of a transcription: how it was decoded, and why text that was decoded is not
 * in the result.
 */

/**
 * Why an attempt was not good enough: its text repeats itself (`compressionRatioThreshold`), or the model was
 * unsure of it (`logprobThreshold`).
 */
export type RetryReason = "compressionRatio" | "avgLogprob";

/** One decoding of a window, at one temperature. */
export interface DecodingAttempt {
  /** The temperature it was decoded at. */
  readonly temperature: number;
  /** The text. */
  readonly text: string;
  /** Mean log-probability of the tokens. */
  readonly avgLogprob: number;
  /** Probability that the window holds no speech. */
  readonly noSpeechProb: number;
  /** Length of the text over its zlib-compressed length. */
  readonly compressionRatio: number;
  /** Why another temperature was tried, or would have been; empty if the attempt was accepted. */
  readonly retryReasons: readonly RetryReason[];
}

/**
 * Why text was left out: the window holds no speech (`noSpeechThreshold`); the text may be hallucinated after
 * a silence, and the window is decoded again from the end of that, or between silences
 * (`hallucinationSilenceThreshold`); a segment has no duration; or a segment is open at the end of the
 * window, and the next window decodes it again.
 */
export type DiscardReason = "noSpeech" | "leadingSilence" | "hallucination" | "noDuration" | "unfinished";

/** Text that was decoded and is not in the result. */
export interface DiscardedText {
  /** Why it was left out. */
  readonly reason: DiscardReason;
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** The text. */
  readonly text: string;
}

/** What happened in one window. */
export interface WindowReport {
  /** Where the window starts, in frames of 10 ms. */
  readonly seek: number;
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio; what follows in the window is not decoded. */
  readonly end: number;
  /** The text given as context. */
  readonly prompt: string;
  /** All decodings, one a temperature. */
  readonly attempts: readonly DecodingAttempt[];
  /** Which of the attempts was used. */
  readonly used: number;
  /** Whether text was kept to the end of the window, up to a point before, or not at all. */
  readonly outcome: "transcribed" | "cut" | "skipped";
  /** What was left out. */
  readonly discarded: readonly DiscardedText[];
  /** How many segments were kept. */
  readonly segments: number;
  /** Where the next window starts, in frames of 10 ms. */
  readonly nextSeek: number;
  /** Which channel it is of, from 0, if `channel: "split"` was asked for. */
  readonly channel?: number;
}

/**
 * Transcribes one window: decodes it at rising temperatures, skips it if it is silent, cuts it into segments,
 * and gives those their words. After the loop in `transcribe` of openai/whisper's `transcribe.py`.
 */
import { FRAMES_PER_SECOND } from "../../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../../audio/mel/mel_source.ts";
import { calibrationFor, withConfidences } from "../../confidence/word_confidence.ts";
import { runDecodingTask } from "../../decoding/decoding_task.ts";
import type { DecodingResult } from "../../decoding/options.ts";
import { isContext } from "../context/prompt.ts";
import type { DiscardedText, DiscardReason, WindowReport } from "../explain.ts";
import type { AudioFeatures, EncoderDecoder, ModelFamily } from "../../model/types.ts";
import type { Hotwords } from "../context/hotwords.ts";
import { isEmptySegment, type Segment, type SplitWindow, splitWindow } from "../segments.ts";
import type { TranscribeSettings } from "../transcribe_settings.ts";
import { decodeWithFallback, type FallbackResult, isSilent } from "./temperature_fallback.ts";
import { settleWindow, type WindowOutcome } from "../hallucination.ts";
import { addWordTimestamps } from "../word_timestamps.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import type { Window, WindowEncoder } from "./window_encoder.ts";

/** What all windows of a recording have in common. */
export interface WindowContext {
  /** The model. */
  readonly model: EncoderDecoder;
  /** Encodes the windows. */
  readonly encoder: WindowEncoder;
  /** The tokenizer of the recording's language and task. */
  readonly tokenizer: Tokenizer;
  /** The options. */
  readonly settings: TranscribeSettings;
  /** The recording. */
  readonly source: MelSource;
  /** Gives numbers in [0, 1), for sampling. */
  readonly random: () => number;
  /** Names and terms that are given as context. */
  readonly hotwords?: Hotwords;
}

/** What went before a window. */
export interface BeforeWindow {
  /** The tokens given as context. */
  readonly prompt: readonly number[];
  /** When speech ended, in seconds. */
  readonly lastSpeechTimestamp: number;
}

/** What a window gives. */
export interface TranscribedWindow {
  /** Its segments, numbered from 0. */
  readonly segments: readonly Segment[];
  /** Where the next window starts, in frames of 10 ms. */
  readonly nextSeek: number;
  /** When speech ended, in seconds. */
  readonly lastSpeechTimestamp: number;
  /** Whether the text up to here is no good as context for what follows. */
  readonly resetsPrompt: boolean;
  /** What happened in it. */
  readonly report: WindowReport;
}

/** A window, and which of the clips it is a part of. */
export interface ClipWindow {
  readonly clip: number;
  readonly transcribed: TranscribedWindow;
  /** Whether another window hears what is left of what was cut out for it. */
  readonly goesOn?: boolean;
}

/** Transcribes one window. */
export async function transcribeWindow(
  context: WindowContext,
  window: Window,
  before: BeforeWindow,
): Promise<TranscribedWindow> {
  const { model, encoder, tokenizer, settings, random } = context;
  const { signal } = settings;
  const { hotwords } = context;
  using features = await encoder.encode(window);
  const decodeAfter = (prompt: readonly number[]) =>
    decodeWithFallback(
      (attempt) => runDecodingTask(model, features, tokenizer, { ...attempt, prompt }, { random, signal }),
      settings.ladder,
      settings,
    );
  let prompt = hotwords?.before(before.prompt) ?? before.prompt;
  let fallback = await decodeAfter(prompt);
  if (hotwords && isDoubtful(fallback.result, hotwords)) {
    prompt = before.prompt;
    fallback = await decodeAfter(prompt);
  }
  const reading = isSilent(fallback.result, settings)
    ? skip(window, before, fallback.result.text)
    : await read(context, features, window, before, fallback);
  const report = reportOf(window, tokenizer.decode(prompt), fallback, reading);
  return { ...reading, report };
}

/** From this probability of no speech on, words of the context are not believed. */
const PROBABLY_SILENT = 0.3;

/** Whether hotwords may have been made up. */
function isDoubtful({ text, noSpeechProb }: DecodingResult, hotwords: Hotwords): boolean {
  return hotwords.mayBeEcho(text) || noSpeechProb > PROBABLY_SILENT && hotwords.isIn(text);
}

/** What a window gives, before it is reported. */
interface Reading extends Omit<TranscribedWindow, "report"> {
  readonly discarded: readonly DiscardedText[];
}

function skip({ seek, size }: Window, { lastSpeechTimestamp }: BeforeWindow, text: string): Reading {
  const [start, end] = [seek / FRAMES_PER_SECOND, (seek + size) / FRAMES_PER_SECOND];
  const discarded = [{ reason: "noSpeech", start, end, text }] as const;
  return { segments: [], nextSeek: seek + size, lastSpeechTimestamp, resetsPrompt: false, discarded };
}

/** Cuts the tokens of a window into segments, and keeps those that stand. */
async function read(
  context: WindowContext,
  features: AudioFeatures,
  window: Window,
  before: BeforeWindow,
  { result, attempts }: FallbackResult,
): Promise<Reading> {
  const { model, tokenizer, settings } = context;
  const { family } = model;
  const { tokens } = result;
  // Text that was cut off goes on in another window.
  const isClosed = window.isClosed && tokens.length < (settings.sampleLen ?? model.dims.nTextCtx >> 1);
  const split = splitWindow({ ...window, isClosed, tokens, scores: result }, tokenizer, family);
  const outcome = settings.wordTimestamps
    ? await settleWords(context, features, window, before, split)
    : { ...before, seek: split.nextSeek, kept: split.segments.length, discarded: false };
  const segments = split.segments.slice(0, outcome.kept);
  const discarded = [
    ...discardedSegments(split.segments, outcome),
    ...unfinishedText(split, window, tokenizer, family),
  ];
  for (const segment of segments.filter(isEmptySegment)) {
    Object.assign(segment, { text: "", tokens: [], words: [] });
  }
  const calibration = calibrationFor(model.dims, family);
  const { temperature } = attempts[attempts.length - 1];
  return {
    // Differs from whisper: words have a confidence too.
    segments: settings.strictParity
      ? segments
      : segments.map((segment) => withConfidences(segment, calibration)),
    // Differs from whisper: a window that ends where it starts is over; there it is decoded without end.
    nextSeek: outcome.seek > window.seek ? outcome.seek : window.seek + window.size,
    lastSpeechTimestamp: outcome.lastSpeechTimestamp,
    resetsPrompt: !isContext(temperature, settings) && !outcome.discarded,
    discarded,
  };
}

/** Gives the segments their words, and decides by them what of the window stands. */
async function settleWords(
  { model, tokenizer, settings, source }: WindowContext,
  features: AudioFeatures,
  window: Window,
  { lastSpeechTimestamp }: BeforeWindow,
  { segments, nextSeek, singleTimestampEnding }: SplitWindow,
): Promise<WindowOutcome> {
  const { prependPunctuations, appendPunctuations, hallucinationSilenceThreshold } = settings;
  await addWordTimestamps(segments, {
    model,
    features,
    tokenizer,
    numFrames: window.size,
    prependPunctuations,
    appendPunctuations,
    lastSpeechTimestamp,
    signal: settings.signal,
  });
  const { windowFrames } = model.family;
  const contentFrames = await source.reach(
    lookahead(window.seek + windowFrames, hallucinationSilenceThreshold),
  );
  const decoded = {
    ...window,
    windowFrames,
    nextSeek,
    singleTimestampEnding,
    contentFrames,
    lastSpeechTimestamp,
  };
  return settleWindow(segments, decoded, hallucinationSilenceThreshold);
}

/**
 * How far the recording must be known for what follows the last words: as far as silence may reach, and a second for
 * words that end after their window.
 */
function lookahead(windowEnd: number, threshold: number | null = null): number {
  return threshold === null ? windowEnd : windowEnd + Math.ceil((threshold + 1) * FRAMES_PER_SECOND);
}

function discardedSegments(
  segments: readonly Segment[],
  { kept, discarded }: Pick<WindowOutcome, "kept" | "discarded">,
): DiscardedText[] {
  const reasonFor = (segment: Segment, i: number): DiscardReason | undefined => {
    if (i >= kept) return discarded ? "leadingSilence" : "hallucination";
    return isEmptySegment(segment) && segment.text !== "" ? "noDuration" : undefined;
  };
  return segments.flatMap((segment, i) => {
    const reason = reasonFor(segment, i);
    const { start, end, text } = segment;
    return reason === undefined ? [] : [{ reason, start, end, text }];
  });
}

function unfinishedText(
  { unfinished }: SplitWindow,
  { seek, size }: Window,
  tokenizer: Tokenizer,
  { positionsPerSecond }: ModelFamily,
): DiscardedText[] {
  const text = tokenizer.decode(unfinished.filter((token) => tokenizer.isText(token)));
  if (text === "") return [];
  const start = seek / FRAMES_PER_SECOND + (unfinished[0] - tokenizer.timestampBegin) / positionsPerSecond;
  return [{ reason: "unfinished", start, end: (seek + size) / FRAMES_PER_SECOND, text }];
}

function reportOf(
  { seek, size }: Window,
  prompt: string,
  { attempts, used }: FallbackResult,
  { segments, nextSeek, discarded }: Reading,
): WindowReport {
  const isWhole = nextSeek >= seek + size && !discarded.some(({ reason }) => reason === "hallucination");
  return {
    seek,
    start: seek / FRAMES_PER_SECOND,
    end: (seek + size) / FRAMES_PER_SECOND,
    prompt,
    attempts,
    used,
    outcome: segments.every(isEmptySegment) ? "skipped" : isWhole ? "transcribed" : "cut",
    discarded,
    segments: segments.length,
    nextSeek,
  };
}

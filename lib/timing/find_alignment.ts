/**
 * When each word of a window is spoken: the path of least cost through the decoder's attention to the audio.
 * `find_alignment` of openai/whisper's `timing.py`.
 */
import { TimeSlice } from "../async/time_slice.ts";
import type { AudioFeatures, EncoderDecoder } from "../model/types.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { attentionCost } from "./attention_cost.ts";
import { dtw, type WarpingPath } from "./dtw.ts";
import { probabilityOf } from "./softmax.ts";

/** A word and when it is spoken, in seconds from the start of its window. */
export interface WordTiming {
  /** The word with its leading space; empty once it was merged into its neighbour. */
  word: string;
  /** The tokens of the word. */
  tokens: number[];
  /** Seconds from the start of the window. */
  start: number;
  /** Seconds from the start of the window. */
  end: number;
  /** Mean probability of the tokens. */
  probability: number;
}

/** What `findAlignment` may be told. */
export interface AlignmentOptions {
  /** Which window of the features. @default {0} */
  readonly window?: number;
  /** Stops the alignment. */
  readonly signal?: AbortSignal;
}

/**
 * Aligns text with the audio of a window, in one pass of the decoder.
 *
 * @param textTokens The text of the window, without special tokens.
 * @param numFrames The frames of 10 ms that hold audio.
 * @returns The words in order; none if there are no text tokens.
 */
export async function findAlignment(
  model: EncoderDecoder,
  features: AudioFeatures,
  tokenizer: Tokenizer,
  textTokens: readonly number[],
  numFrames: number,
  options: AlignmentOptions = {},
): Promise<WordTiming[]> {
  const split = tokenizer.splitToWordTokens([...textTokens, tokenizer.eot]);
  // The last word is the end of the text.
  const words = split.words.slice(0, -1);
  if (textTokens.length === 0 || words.length === 0) return [];

  const sot = tokenizer.sotSequence.length;
  const tokens = [...tokenizer.sotSequence, tokenizer.noTimestamps, ...textTokens, tokenizer.eot];
  const { dims, family: { framesPerPosition, positionsPerSecond } } = model;
  const { positions } = features;
  const { logits, scores } = await model.crossAttention(features, tokens, options);
  const slice = new TimeSlice(options.signal);
  const probabilities = await tokenProbabilities(
    logits,
    dims.nVocab,
    tokenizer.eot,
    sot,
    textTokens,
    slice,
  );
  const heads = scores.length / (tokens.length * positions);
  // Differs from whisper: at least one frame, without which words would start before the audio.
  const frames = Math.min(Math.max(Math.floor(numFrames / framesPerPosition), 1), positions);
  const shape = { heads, tokens: tokens.length, positions, frames };
  const rows = [sot, tokens.length - 1] as const;
  const cost = await attentionCost(scores, { ...shape, rows }, slice);
  const starts = rowStarts(dtw(cost, rows[1] - rows[0], frames));

  let first = 0;
  return words.map((word, i) => {
    const tokens = split.wordTokens[i];
    const start = starts[first] / positionsPerSecond;
    const probability = mean(probabilities.slice(first, first + tokens.length));
    first += tokens.length;
    return { word, tokens, start, end: starts[first] / positionsPerSecond, probability };
  });
}

/**
 * Gives the probability of each text token among the tokens of text: the row before it predicts it. A token that was
 * added to the vocabulary, from `eot` on, is one among all.
 */
async function tokenProbabilities(
  logits: Float32Array,
  nVocab: number,
  eot: number,
  firstRow: number,
  textTokens: readonly number[],
  slice: TimeSlice,
): Promise<number[]> {
  const probabilities: number[] = [];
  for (const [i, token] of textTokens.entries()) {
    probabilities.push(probabilityOf(logits, (firstRow + i) * nVocab, token < eot ? eot : nVocab, token));
    await slice.pause();
  }
  return probabilities;
}

/** Gives the column where the path enters each row. */
function rowStarts(path: WarpingPath): number[] {
  const starts: number[] = [];
  for (const [i, row] of path.rows.entries()) {
    if (row === starts.length) starts.push(path.columns[i]);
  }
  return starts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

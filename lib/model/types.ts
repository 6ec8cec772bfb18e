/**
 * What decoding and timing need of a model. They see these contracts and never a session, so they are tested
 * with a fake decoder and no library. After `Inference` of openai/whisper's `decoding.py`.
 */
import type { AlignmentHead, ModelDimensions, SpecialTokens } from "../checkpoint/types.ts";

/**
 * What models of one kind have in common: how much audio a window holds, how times are counted, and what the
 * tokens of the vocabulary are. `modelFamily` derives it.
 */
export interface ModelFamily {
  /** Bands of the mel spectrogram: 80, or 128 from large-v3 on. */
  readonly nMels: number;
  /** Seconds of audio in a window: 30. */
  readonly windowSeconds: number;
  /** Frames of mel spectrogram in a window: 3000. */
  readonly windowFrames: number;
  /** Positions of the encoder's output for a window: 1500. */
  readonly windowPositions: number;
  /** Frames of mel spectrogram a second: 100. */
  readonly framesPerSecond: number;
  /** Frames from one position, and so from one timestamp, to the next: 2. */
  readonly framesPerPosition: number;
  /** Positions of the encoder's output, and so timestamps, a second: 50. */
  readonly positionsPerSecond: number;
  /** Seconds from one position, and so from one timestamp, to the next: 0.02. */
  readonly secondsPerPosition: number;
  /** Tokens of the vocabulary, special tokens included. */
  readonly nVocab: number;
  /** Whether the vocabulary is the multilingual one, or that of the `.en` models. */
  readonly isMultilingual: boolean;
  /** Languages of the vocabulary: 99, or 100 from large-v3 on; an English-only model counts 99 too. */
  readonly numLanguages: number;
  /** The tokens that are not text. */
  readonly specialTokens: SpecialTokens;
  /** Rows of the vocabulary without a token, which are never sampled: a trainer's padding. None, mostly. */
  readonly unusedTokens: readonly number[];
  /** Tokens never to sample unless a call says otherwise, where the checkpoint names its own. */
  readonly suppressTokens?: readonly number[];
  /** Tokens never to sample first, where the checkpoint names its own. Default: a space and end of text. */
  readonly beginSuppressTokens?: readonly number[];
}

/**
 * The encoder's output for some windows, with the cross-attention keys and values of every decoder layer,
 * in native memory. Whoever asked for it disposes it.
 */
export interface AudioFeatures extends Disposable {
  /** The number of windows. */
  readonly batch: number;
  /** Positions of a window, 20 ms each: `nAudioCtx`, or fewer where only a part of it was encoded. */
  readonly positions: number;
  /** Copies the encoder's output: `(batch, positions, nAudioState)`, row-major. */
  toArray(): Float32Array;
}

/**
 * The part of a step that concerns one row: a hypothesis of one window. A row has a slot of the KV cache for the keys
 * and values of its tokens.
 */
export interface StepRow {
  /** Which window of the features it hears. */
  readonly window: number;
  /** The row of the step before whose tokens it continues; without it, it is a new row, with none before it. */
  readonly from?: number;
  /** Its new tokens, one or more. */
  readonly tokens: readonly number[];
  /**
   * After which of the new tokens logits are wanted, counted from the first of them.
   *
   * @default {[tokens.length - 1]}
   */
  readonly positions?: readonly number[];
}

/** What is wanted of a position instead of the logits of all tokens. */
export interface PickRequest {
  /** Tokens of text that are forbidden: tokens below end of text. */
  readonly suppressed: readonly number[];
  /** How many of the most probable tokens of text are wanted, 1 or more. */
  readonly count: number;
}

/** The part of a step that concerns one row of which tokens are picked. */
export interface PickRow extends StepRow {
  /** What is wanted, by position. */
  readonly picks: readonly PickRequest[];
}

/** The logits of a position, those of text summed up: all that greedy decoding and beam search look at. */
export interface TokenPicks {
  /**
   * The most probable tokens of text that are not suppressed, the most probable first, of equals the lower token first:
   * as many as were asked for or more.
   */
  readonly tokens: Int32Array;
  /** Their logits. From -Infinity on there are no more, and the tokens mean nothing. */
  readonly logits: Float32Array;
  /** `log(sum(exp(x)))` of the logits `x` of all tokens of text that are not suppressed. */
  readonly logSumExp: number;
  /** The logits of end of text and all tokens after it: `(nVocab - eot)`. */
  readonly special: Float32Array;
}

/**
 * The decoder at work for one task, over windows of some features. It goes from step to step; each is a list of rows,
 * whose numbers of tokens, old and new, may be unequal. Rows enter a step without `from`, leave it when none of the
 * next continues them, trade places and multiply as the `from` of the next ones say. What runs them together, and
 * with the rows of other tasks, is behind this contract.
 */
export interface Inference extends Disposable {
  /**
   * Runs one step. The one before must be done.
   *
   * @returns A row of logits `(nVocab)` for every position wanted, row after row. The next step overwrites them; the
   * caller may write to them.
   * @throws {RangeError} when a row would hold more than `nTextCtx` tokens, or there is no such window.
   */
  step(
    rows: readonly StepRow[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly Float32Array[]>;
  /**
   * Runs one step as `step` does, and lets the graph look through the logits of text.
   *
   * @returns What is picked for every position wanted, row after row. The next step overwrites it; the caller may write
   * to it.
   * @throws as `step` does.
   */
  pick(
    rows: readonly PickRow[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly TokenPicks[]>;
}

/** How windows are encoded. */
export interface EmbedOptions {
  /**
   * Frames of a window, an even number: fewer than the model's windows have leave out what follows.
   *
   * @default {windowFrames}
   */
  readonly frames?: number;
  /** Stops the encoder. */
  readonly signal?: AbortSignal;
}

/** The result of one pass over a whole token sequence. */
export interface CrossAttention {
  /** Logits of every position: `(count, nVocab)`, row-major. */
  readonly logits: Float32Array;
  /** Attention scores before the softmax, one plane an alignment head: `(heads, count, positions)`, row-major. */
  readonly scores: Float32Array;
}

/** A loaded model, as decoding and timing see it. */
export interface EncoderDecoder {
  /** Its sizes. */
  readonly dims: ModelDimensions;
  /** What it has in common with models of its kind. */
  readonly family: ModelFamily;
  /** The cross-attention heads that follow the audio, for word timestamps. */
  readonly alignmentHeads: readonly AlignmentHead[];
  /** False of a model that was not trained to translate. */
  readonly translates?: boolean;
  /** Runs the encoder over windows of mel spectrogram `(batch, nMels, frames)`, row-major. */
  embedAudio(mel: Float32Array, options?: EmbedOptions): Promise<AudioFeatures>;
  /** Starts a task of the decoder, without any row. It holds `features`, which may be disposed meanwhile. */
  startInference(features: AudioFeatures): Inference;
  /** Runs the decoder over `tokens` at once and gives the attention of the alignment heads. */
  crossAttention(
    features: AudioFeatures,
    tokens: readonly number[],
    options?: { signal?: AbortSignal; window?: number },
  ): Promise<CrossAttention>;
}

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
}

/**
 * The encoder's output for some windows, with the cross-attention keys and values of every decoder layer,
 * in native memory. Whoever asked for it disposes it.
 */
export interface AudioFeatures extends Disposable {
  /** The number of windows. */
  readonly batch: number;
  /** Copies the encoder's output: `(batch, nAudioCtx, nAudioState)`, row-major. */
  toArray(): Float32Array;
}

/** What `Inference.logits` may be told. */
export interface LogitsOptions {
  /**
   * Which of the new positions to give logits for, counted from the first new token.
   *
   * @default {[tokens[0].length - 1]}
   */
  readonly positions?: readonly number[];
  /** Stops the run. */
  readonly signal?: AbortSignal;
}

/** A decoder at work on one window: a KV cache of some rows (one a hypothesis) that grows with every call. */
export interface Inference extends Disposable {
  /** Rows of the KV cache: 1 at the start. */
  readonly rows: number;
  /** Positions every row holds. */
  readonly length: number;
  /**
   * Feeds the next tokens of every row to the decoder.
   *
   * @param tokens `(rows, count)`, count ≥ 1, the same for every row.
   * @returns `(rows * positions.length, nVocab)`, row-major, row after row. The next call overwrites it; the
   * caller may write to it.
   * @throws {RangeError} when the cache would hold more than `nTextCtx` positions.
   */
  logits(tokens: readonly (readonly number[])[], options?: LogitsOptions): Promise<Float32Array>;
  /**
   * Makes row `i` continue what row `sources[i]` held. The number of rows becomes `sources.length`: one row
   * widens to a beam this way.
   */
  rearrange(sources: readonly number[]): void;
}

/** The result of one pass over a whole token sequence. */
export interface CrossAttention {
  /** Logits of every position: `(count, nVocab)`, row-major. */
  readonly logits: Float32Array;
  /** Attention scores before the softmax, one plane an alignment head: `(heads, count, nAudioCtx)`, row-major. */
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
  /** Runs the encoder over windows of mel spectrogram `(batch, nMels, windowFrames)`, row-major. */
  embedAudio(mel: Float32Array, options?: { signal?: AbortSignal }): Promise<AudioFeatures>;
  /**
   * Starts decoding one window, with an empty cache of one row. `features` must outlive the result.
   *
   * @param window Which window of `features`. @default {0}
   */
  startInference(features: AudioFeatures, window?: number): Inference;
  /** Runs the decoder over `tokens` at once and gives the attention of the alignment heads. */
  crossAttention(
    features: AudioFeatures,
    tokens: readonly number[],
    options?: { signal?: AbortSignal; window?: number },
  ): Promise<CrossAttention>;
}

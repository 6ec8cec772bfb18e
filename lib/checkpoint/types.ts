/**
 * What a checkpoint is once it is read: where every tensor lies in which file, and no weight. The readers of
 * the formats give these values, the graphs point ONNX Runtime at them.
 */

/** The sizes of a model: the `dims` of its checkpoint. */
export interface ModelDimensions {
  /** Bands of the mel spectrogram: 80, or 128 from large-v3 on. */
  readonly nMels: number;
  /** Positions of the encoder's output: 1500, 20 ms each. */
  readonly nAudioCtx: number;
  /** Width of the encoder. */
  readonly nAudioState: number;
  /** Attention heads of an encoder layer. */
  readonly nAudioHead: number;
  /** Layers of the encoder. */
  readonly nAudioLayer: number;
  /** Tokens of the vocabulary, special tokens included. */
  readonly nVocab: number;
  /** Positions of the decoder: 448. */
  readonly nTextCtx: number;
  /** Width of the decoder. */
  readonly nTextState: number;
  /** Attention heads of a decoder layer. */
  readonly nTextHead: number;
  /** Layers of the decoder. */
  readonly nTextLayer: number;
}

/** One cross-attention head: `[layer, head]`. */
export type AlignmentHead = readonly [layer: number, head: number];

/** The tokens of a vocabulary that are not text, which follow the tokens of text. */
export interface SpecialTokens {
  /** `<|endoftext|>`, the first: text is below it. */
  readonly eot: number;
  /** `<|startoftranscript|>` */
  readonly sot: number;
  /** The languages, by their codes, in the order of the vocabulary. */
  readonly languages: ReadonlyMap<string, number>;
  /** `<|translate|>` */
  readonly translate: number;
  /** `<|transcribe|>` */
  readonly transcribe: number;
  /** `<|startoflm|>` */
  readonly sotLm: number;
  /** `<|startofprev|>`, before the text of earlier windows. */
  readonly sotPrev: number;
  /** `<|nospeech|>` */
  readonly noSpeech: number;
  /** `<|notimestamps|>` */
  readonly noTimestamps: number;
  /** `<|0.00|>`, the first of the timestamps. */
  readonly timestampBegin: number;
  /** The token after the last timestamp; the size of the vocabulary, unless tokens were added to it. */
  readonly timestampEnd: number;
  /** Tokens of text that were added before or after the timestamps, with their text. */
  readonly added?: ReadonlyMap<number, string>;
}

/** Reads exactly `length` bytes at `offset`, or throws. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** How a value is stored, little endian. */
export type TensorDtype = "float16" | "float32" | "bfloat16" | "float64";

/** Bytes of one value. */
export const BYTES_PER_VALUE: Readonly<Record<TensorDtype, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

/** Where a tensor lies. Every value it reaches is inside its file. */
export interface TensorEntry {
  /** How its values are stored. */
  readonly dtype: TensorDtype;
  /** Its sizes, outermost first. */
  readonly shape: readonly number[];
  /** Values between neighbours of each dimension, none negative. Official files hold column-major weights. */
  readonly strides: readonly number[];
  /** Byte of its first value in its file. It need not be a multiple of the size of a value. */
  readonly offset: number;
  /** Index into the opened files: 0, unless the checkpoint comes in shards. */
  readonly file: number;
}

/** Gives the strides of a tensor whose values lie in row-major order, without gaps. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1, step = 1; i >= 0; step *= shape[i--]) strides[i] = step;
  return strides;
}

/** Tells whether the values of a tensor lie in the file in row-major order, without gaps. */
export function isRowMajor({ shape, strides }: Pick<TensorEntry, "shape" | "strides">): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i];
  }
  return true;
}

/** A part of a file with a checksum: an entry of a zip. */
export interface Payload {
  readonly name: string;
  /** Byte of the file at which it starts. */
  readonly offset: number;
  /** Its bytes. */
  readonly size: number;
  /** Their CRC-32. */
  readonly crc32: number;
}

/** A checkpoint whose tensors are those its dimensions ask for: none missing, none extra, every shape right. */
export interface Checkpoint {
  /** The sizes of the model. */
  readonly dims: ModelDimensions;
  /** The tensors by openai/whisper's names, `encoder.conv1.weight` and so on. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** The special tokens, where a Hugging Face folder names them. Default: those of an official vocabulary. */
  readonly specialTokens?: SpecialTokens;
  /** Heads for word timestamps, where a Hugging Face folder names some and the model has them. */
  readonly alignmentHeads?: readonly AlignmentHead[];
  /** Tokens never to decode, where a Hugging Face folder names them. */
  readonly suppressTokens?: readonly number[];
  /** Tokens never to decode first, where a Hugging Face folder names them. */
  readonly beginSuppressTokens?: readonly number[];
}
